"""The index bundle: what it holds, and how it is opened and fetched."""
