"""The search function's routes, a module for each group of them.

Lambda puts the function's folder on the path, so the package is imported by its own name there, and pyproject.toml does
the same for tests and types. The name says which function it is: all functions' packages meet on one path in tests.
"""
