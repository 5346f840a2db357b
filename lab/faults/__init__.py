"""Servers that misbehave on demand, and the programs that show what a search makes of it."""

import os

# Powertools reads it once, when `discovery.observability` is imported; in Lambda the template sets it.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Discovery")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "faults")
