"""Valkey (Redis protocol): connections, and the client of the search path."""
