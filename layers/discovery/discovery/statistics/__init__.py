"""Tests and measures, one a file; pure."""
