"""The use cases: a search, and a preview of weights."""
