"""What a batch of events costs: the time of the answer, and the CPU, beside the bare calls."""
