"""Erasing people from a lake: the lines of what they were shown and did, and nothing else."""
