"""Mutation tests of the core: what a changed line does to the tests, and why some changes do nothing."""
