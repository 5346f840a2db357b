"""The words of a query that may be misspelled. Pure."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words_in(query: str) -> list[str]:
    """The words of letters of a query, each once."""
    return list(dict.fromkeys(_WORD.findall(query)))


def respelled(query: str, meant: Mapping[str, str | None]) -> str:
    """A query with the words that others are meant by taken for those."""
    return _WORD.sub(lambda match: meant.get(match[0]) or match[0], query)
