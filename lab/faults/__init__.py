"""`make faults` and `make soak`: servers that misbehave on demand, and what a search makes of it."""
