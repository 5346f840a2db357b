"""Personalized media search: the code that both Lambda functions share as a layer."""
