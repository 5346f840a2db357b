"""The index bundle: how it is built, opened and read."""
