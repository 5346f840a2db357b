"""The loop of search, event, profile, next order, lake and verdict, timed on a running stack."""
