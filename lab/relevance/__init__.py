"""Relevance on judgments: how good the answers are, beside bare BM25 and the figures that are committed."""
