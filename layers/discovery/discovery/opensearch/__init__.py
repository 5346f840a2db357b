"""A catalogue in OpenSearch: what its indices are like, and the clients that reach them."""
