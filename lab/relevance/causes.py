"""Why a query's answer is bad, written by hand: `causes.toml`, a table for each set, with a line for each query."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

CAUSES = Path(__file__).with_name("causes.toml")
UNKNOWN = "not looked into"

Causes = Mapping[str, Mapping[str, str]]
"""By set and query."""


def read_causes(path: Path = CAUSES) -> Causes:
    """The causes in a file.

    Raises:
        ValueError: it is no TOML, or a cause is empty.
    """
    causes: Causes = tomllib.loads(path.read_text())
    for name, queries in causes.items():
        if empty := [query for query, cause in queries.items() if not cause.strip()]:
            raise ValueError(f"{name}: {empty} need a cause")
    return causes


def cause_of(causes: Causes, name: str, query: str) -> str:
    """The cause of a query's bad answer, or that nobody has looked for it yet."""
    return causes.get(name, {}).get(query, UNKNOWN)
