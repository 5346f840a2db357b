"""Simulated experiments: people made of real ratings, a click model, and the pages that the real system gives them."""
