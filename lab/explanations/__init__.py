"""Whether `explain=true` tells enough to recompute every number and the order, to the last bit."""
