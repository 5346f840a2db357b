"""Suggestions for what somebody has typed so far: names of which a word begins so, or nearly so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from discovery.catalogue.suggestion_index import LONGEST, SuggestionIndex, rests
from discovery.catalogue.suggestions import KINDS, Kind, Suggestion
from discovery.catalogue.title_key import SHORTEST_EDITED, title_key, words_of

_CANDIDATES = 20
"""Names of each kind among which the one that is meant is looked for."""


@dataclass(frozen=True)
class Suggested:
    """What is suggested."""

    suggestions: Sequence[Suggestion]
    """By kind, in the order of `KINDS`; the best of each first."""
    corrected: str | None = None
    """The prefix that was meant, where nothing begins with the one that was typed."""


class Suggester:
    """Suggests names of one catalogue."""

    def __init__(self, index: SuggestionIndex) -> None:
        self._index = index

    def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind; those of a corrected prefix where there are none for it as it is."""
        if found := self._begun(prefix, limit):
            return Suggested(found)
        meant = self._meant(title_key(prefix)[:LONGEST])
        return Suggested(found) if meant is None else Suggested(self._begun(meant, limit), meant)

    def _begun(self, prefix: str, limit: int) -> list[Suggestion]:
        typed, key = " ".join(words_of(prefix))[:LONGEST], title_key(prefix)[:LONGEST]
        if not key:
            return []
        return [one for kind in KINDS for one in self._of_kind(kind, typed, key, limit)]

    def _of_kind(self, kind: Kind, typed: str, key: str, limit: int) -> list[Suggestion]:
        """Whole names first, then those that begin as typed, then those that begin so without its leading article."""
        found = dict.fromkeys(self._index.named(kind, key, limit))
        for beginning in dict.fromkeys((typed, key)):
            if len(found) < limit:
                found |= dict.fromkeys(self._index.begun(kind, beginning, limit))
        return list(found)[:limit]

    def _meant(self, key: str) -> str | None:
        """What begins a name and is one edit away; the name that is furthest up its kind decides.

        First letters are rarely wrong, so a name that begins with the same letter comes before others.
        """
        if len(key) < SHORTEST_EDITED or not any(map(str.isalpha, key)):
            return None
        near = [found for kind in KINDS for found in self._index.nearly_begun(kind, key, _CANDIDATES)]
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
