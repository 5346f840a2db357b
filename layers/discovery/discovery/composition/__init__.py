"""Putting the parts together from the settings: a module for each function, which calls it once per environment."""
