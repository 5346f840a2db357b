"""How much two rankings differ; pure, one measure a file."""
