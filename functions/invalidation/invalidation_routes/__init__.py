"""What the invalidation function does with a request and with an event; the name is as in `search_routes`."""
