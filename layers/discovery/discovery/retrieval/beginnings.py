"""What is meant by a prefix with which no name begins: one edit away from it, a beginning of a name. Pure."""

from collections.abc import Iterable, Iterator
from itertools import takewhile

from discovery.catalogue.suggestion_index import rests
from discovery.catalogue.suggestions import Suggestion
from discovery.catalogue.title_key import SHORTEST_EDITED

CANDIDATES = 20
"""Names of each kind among which the one that is meant is looked for."""


def may_be_misspelled(key: str) -> bool:
    """Whether a beginning is long enough, and of letters."""
    return len(key) >= SHORTEST_EDITED and any(map(str.isalpha, key))


def meant(key: str, near: Iterable[tuple[int, Suggestion]]) -> str | None:
    """What begins a name and is one edit away; the name that is furthest up its kind decides.

    First letters are rarely wrong, so a name that begins with the same letter comes before others. `near`: names of
    which a word nearly begins so, with their weights.
    """
    candidates = (
        (beginning[0] == key[0], weight, len(beginning), beginning)
        for weight, suggestion in near
        for beginning in _beginnings_near(key, suggestion)
    )
    best = max(candidates, default=None)
    return None if best is None else best[-1]


def _beginnings_near(key: str, suggestion: Suggestion) -> Iterator[str]:
    """The beginnings of a suggestion's rests that are one edit away from a beginning."""
    for rest in (rest for name in suggestion.names for rest in rests(name)):
        for length in (len(key) - 1, len(key), len(key) + 1):
            beginning = rest[:length].rstrip()
            if _is_one_edit(key, beginning):
                yield beginning


def _is_one_edit(one: str, other: str) -> bool:
    """Whether a letter is added, left out or exchanged, or two are swapped."""
    if one == other:
        return False
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )
