"""Ranking for people: whether they are shown what they go on to like, and whether the query is still answered."""
