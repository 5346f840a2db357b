"""Personalization: a person's scores, gathered in time and blended with relevance."""
