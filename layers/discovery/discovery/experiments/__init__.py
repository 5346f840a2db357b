"""Experiments: who gets which variant, what is recorded of it, and how it would turn out."""
