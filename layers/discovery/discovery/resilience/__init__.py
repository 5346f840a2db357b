"""Sparing a server in trouble, and the searches that would wait for it: circuit breaker, adaptive limit."""
