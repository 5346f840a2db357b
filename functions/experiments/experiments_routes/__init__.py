"""What the experiments function does with a request and on schedule; the name is as in `search_routes`."""
