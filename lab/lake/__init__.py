"""How long an analysis takes, and how much memory: `python -m lab.lake`."""
