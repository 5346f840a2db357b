"""The distinct names of an attribute, in the order of their codes."""

from collections.abc import Iterable


def vocabulary(names: Iterable[Iterable[str]]) -> list[str]:
    """The distinct names in alphabetical order; of spellings that differ in case alone, the first one met."""
    spellings: dict[str, str] = {}
    for row in names:
        for name in row:
            spellings.setdefault(name.casefold(), name)
    return sorted(spellings.values())
