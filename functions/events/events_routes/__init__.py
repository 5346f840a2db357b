"""The route of the events function; the name is as in `search_routes`."""
