"""From a query to candidates: intent, filters, keyword and vector retrieval, fusion, facets."""
