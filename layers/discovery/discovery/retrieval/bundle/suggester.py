"""Suggestions for what somebody has typed so far: names of which a word begins so, or nearly so."""

from discovery.catalogue.suggestion_index import LONGEST, Suggestions
from discovery.catalogue.suggestions import KINDS, Kind, Suggestion
from discovery.catalogue.title_key import title_key, words_of
from discovery.retrieval.beginnings import CANDIDATES, may_be_misspelled, meant
from discovery.retrieval.index import Suggested


class Suggester:
    """Suggests names of one catalogue."""

    def __init__(self, names: Suggestions) -> None:
        self._names = names

    def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind; those of a corrected prefix where there are none for it as it is."""
        if found := self._begun(prefix, limit):
            return Suggested(found)
        corrected = self._meant(title_key(prefix)[:LONGEST])
        return Suggested(found) if corrected is None else Suggested(self._begun(corrected, limit), corrected)

    def _begun(self, prefix: str, limit: int) -> list[Suggestion]:
        typed, key = " ".join(words_of(prefix))[:LONGEST], title_key(prefix)[:LONGEST]
        if not key:
            return []
        return [one for kind in KINDS for one in self._of_kind(kind, typed, key, limit)]

    def _of_kind(self, kind: Kind, typed: str, key: str, limit: int) -> list[Suggestion]:
        """Whole names first, then those that begin as typed, then those that begin so without its leading article."""
        found = dict.fromkeys(self._names.named(kind, key, limit))
        for beginning in dict.fromkeys((typed, key)):
            if len(found) < limit:
                found |= dict.fromkeys(self._names.begun(kind, beginning, limit))
        return list(found)[:limit]

    def _meant(self, key: str) -> str | None:
        if not may_be_misspelled(key):
            return None
        return meant(key, [found for kind in KINDS for found in self._names.nearly_begun(kind, key, CANDIDATES)])
