"""The border: callers, requests, responses, problems, and their description as OpenAPI."""
