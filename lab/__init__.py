"""One measuring system: what the service costs, how fast an edit spreads, and what faults do to a search."""
