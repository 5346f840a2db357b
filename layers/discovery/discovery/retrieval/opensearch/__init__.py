"""Retrieval from OpenSearch: what to ask of it, and evidence from its answers."""
