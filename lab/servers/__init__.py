"""What the search function talks to while it is measured: Valkey, a minimal SONA, and processes that take orders."""
