"""A real OpenSearch of one node with the k-NN plugin, put together from Maven Central (`make opensearch`)."""
