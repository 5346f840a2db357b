"""How people appear in keys, logs and metrics: as keyed hashes, and under which key."""
