"""Suggestions for what somebody has typed so far: names of which a word begins so, or nearly so."""

from collections.abc import Sequence

from discovery.catalogue.suggestion_index import LONGEST
from discovery.catalogue.suggestions import KINDS, Kind, Suggestion
from discovery.catalogue.title_key import title_key, words_of
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body, Engine, Search
from discovery.retrieval.beginnings import CANDIDATES, may_be_misspelled, meant
from discovery.retrieval.index import Suggested
from discovery.retrieval.opensearch.asking import any_of, fuzzy

_REST_BEGINNING = f"{fields.REST}.{fields.BEGINNING}"


class Suggester:
    """Suggests names of one catalogue."""

    def __init__(self, engine: Engine, names: str) -> None:
        self._engine = engine
        self._names = names

    async def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind; those of a corrected prefix where there are none for it as it is.

        Raises:
            IndexUnavailable: there is no answer.
        """
        if found := await self._begun(prefix, limit):
            return Suggested(found)
        corrected = await self._meant(title_key(prefix)[:LONGEST])
        return Suggested(found) if corrected is None else Suggested(await self._begun(corrected, limit), corrected)

    async def _begun(self, prefix: str, limit: int) -> list[Suggestion]:
        """Whole names first, then those that begin as typed, then those that begin so without its leading article."""
        typed, key = " ".join(words_of(prefix))[:LONGEST], title_key(prefix)[:LONGEST]
        if not key:
            return []
        ways: list[Body] = [{"term": {fields.NAME: key}}]
        ways += [{"prefix": {fields.REST: beginning}} for beginning in dict.fromkeys((typed, key))]
        found = await self._found([(kind, way) for kind in KINDS for way in ways], limit)
        of_kinds = [found[place : place + len(ways)] for place in range(0, len(found), len(ways))]
        return [one for of_kind in of_kinds for one in _first(of_kind, limit)]

    async def _meant(self, key: str) -> str | None:
        if not may_be_misspelled(key):
            return None
        found = await self._found([(kind, nearly_begun(key)) for kind in KINDS], CANDIDATES)
        return meant(key, [one for of_kind in found for one in of_kind])

    async def _found(self, ways: Sequence[tuple[Kind, Body]], limit: int) -> list[list[tuple[int, Suggestion]]]:
        """Of each kind and way, the best with their weights."""
        answers = await self._engine.search([Search(self._names, search(kind, way, limit)) for kind, way in ways])
        return [[(hit["fields"][fields.WEIGHT][0], _suggestion(hit)) for hit in answer.hits] for answer in answers]


def nearly_begun(key: str) -> Body:
    """What matches names of which a rest begins so but for one edit."""
    near = fuzzy(_REST_BEGINNING, key, 1)
    if len(key) > fields.SHORTEST_BEGINNING:
        return near
    shorter = dict.fromkeys(key[:place] + key[place + 1 :] for place in range(len(key)))
    return any_of([near, *({"prefix": {fields.REST: one}} for one in shorter)])


def search(kind: Kind, way: Body, limit: int) -> Body:
    """A search for the best names of a kind that are found in a way."""
    return {
        "query": {"bool": {"filter": [{"term": {fields.KIND: kind}}, way]}},
        "size": limit,
        "sort": [{fields.WEIGHT: "desc"}],
        "_source": [fields.SHOWN],
        "docvalue_fields": [fields.WEIGHT],
        "track_total_hits": False,
    }


def _first(ways: Sequence[Sequence[tuple[int, Suggestion]]], limit: int) -> list[Suggestion]:
    return list(dict.fromkeys(one for way in ways for _, one in way))[:limit]


def _suggestion(hit: dict[str, dict[str, dict[str, object]]]) -> Suggestion:
    shown = hit["_source"][fields.SHOWN]
    return Suggestion(**shown | {"aliases": tuple(shown["aliases"])})  # type: ignore[arg-type]
