"""Retrieval from an index bundle: BM25 in Tantivy and exact cosines, fused."""
