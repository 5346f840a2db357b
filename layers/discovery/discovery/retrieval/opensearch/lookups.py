"""What a catalogue has: how many titles have a word, which names it has, and which title is called so.

A search asks for the same things twice, to understand the query and to find candidates, so answers are remembered for a
moment. For longer they must not be: a live change is to be seen within two seconds, of which a refresh takes one.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from discovery.api.query_responses import LikeTitle
from discovery.catalogue.suggestion_index import LONGEST
from discovery.catalogue.title_key import title_key
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Answer, Body, Engine, Search

Clock = Callable[[], float]

_REMEMBERED_SEC = 0.5
_MOST_REMEMBERED = 5000
_MOST_TITLES = 100
"""Of all names that are looked up at once; titles of one name are few."""


class _Key(NamedTuple):
    kind: Literal["documents", "word", "name", "title"]
    text: str = ""


@dataclass(frozen=True)
class Lookup:
    """What was looked up."""

    values: Mapping[_Key, Any]

    @property
    def documents(self) -> int:
        """How many titles there are."""
        return int(self.values.get(_Key("documents"), 0))

    def count(self, word: str) -> int:
        """How many titles have a word."""
        return int(self.values[_Key("word", word)])

    def has_name(self, kind: str, name: str) -> bool:
        """Whether there is a person or a keyword of this name (`title_key`)."""
        return kind in self.values[_Key("name", name[:LONGEST])]

    def title(self, text: str) -> LikeTitle | None:
        """The title of this name, whatever its case, accents, punctuation and article; the most popular of several."""
        title: LikeTitle | None = self.values.get(_Key("title", title_key(text)))
        return title


class Lookups:
    """Looks things up in one pair of indices."""

    def __init__(self, engine: Engine, titles: str, names: str, *, clock: Clock = time.monotonic) -> None:
        self._engine = engine
        self._titles = titles
        self._names = names
        self._clock = clock
        self._remembered: dict[_Key, tuple[float, Any]] = {}

    async def look_up(
        self,
        *,
        words: Iterable[str] = (),
        names: Iterable[str] = (),
        titles: Iterable[str] = (),
        timeout_ms: float | None = None,
    ) -> Lookup:
        """Look up plain words, names (`title_key`) and texts that may be titles; in one request, if in any.

        Raises:
            IndexUnavailable: there is no answer.
        """
        wanted = [_Key("word", word) for word in words]
        wanted += [_Key("name", name[:LONGEST]) for name in names]
        wanted += [_Key("title", key) for text in titles if (key := title_key(text))]
        wanted = [_Key("documents"), *dict.fromkeys(wanted)]
        values = self._still_known(wanted)
        missing = [key for key in wanted if key not in values]
        if missing:
            values |= await self._asked(missing, timeout_ms)
        return Lookup(values)

    def _still_known(self, wanted: Sequence[_Key]) -> dict[_Key, Any]:
        now = self._clock()
        known = {key: self._remembered[key] for key in wanted if key in self._remembered}
        return {key: value for key, (until, value) in known.items() if now < until}

    async def _asked(self, wanted: Sequence[_Key], timeout_ms: float | None) -> dict[_Key, Any]:
        counted = [key for key in wanted if key.kind in ("documents", "word")]
        names = [key.text for key in wanted if key.kind == "name"]
        titles = [key.text for key in wanted if key.kind == "title"]
        searches = [Search(self._titles, _count(key)) for key in counted]
        searches += [Search(self._names, names_search(names))] if names else []
        searches += [Search(self._titles, titles_search(titles))] if titles else []
        answers = await self._engine.search(searches, timeout_ms=timeout_ms)
        values: dict[_Key, Any] = {key: answer.total for key, answer in zip(counted, answers, strict=False)}
        left = iter(answers[len(counted) :])
        if names:
            values |= {_Key("name", name): kinds for name, kinds in _kinds(names, next(left)).items()}
        if titles:
            values |= {_Key("title", key): title for key, title in _titles(titles, next(left)).items()}
        if all(answer.missing is None for answer in answers):
            self._remember(values)
        return values

    def _remember(self, values: Mapping[_Key, Any]) -> None:
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
        until = self._clock() + _REMEMBERED_SEC
        self._remembered |= {key: (until, value) for key, value in values.items()}


def names_search(names: Sequence[str]) -> Body:
    """A search for those of some names that people and keywords have."""
    kinds = {"terms": {fields.KIND: ["person", "keyword"]}}
    return {
        "query": {"bool": {"filter": [kinds, {"terms": {fields.NAME: [*names]}}]}},
        "size": 2 * len(names),
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": [fields.KIND, fields.NAME],
        "track_total_hits": False,
    }


def titles_search(keys: Sequence[str]) -> Body:
    """A search for the titles of some names, the most popular first."""
    return {
        "query": {"bool": {"filter": [{"terms": {fields.TITLE_KEY: [*keys]}}]}},
        "size": _MOST_TITLES,
        "sort": [{fields.POPULARITY: "desc"}, {fields.ID: "asc"}],
        "_source": [f"{fields.CONTENT}.title"],
        "docvalue_fields": [fields.ID, fields.TITLE_KEY],
        "track_total_hits": False,
    }


def title_of(hit: Mapping[str, Any]) -> LikeTitle:
    """The title of a hit with its source."""
    return LikeTitle(id=hit["fields"][fields.ID][0], title=hit["_source"][fields.CONTENT]["title"])


def _count(key: _Key) -> Body:
    word = {"match": {fields.ANYWHERE: {"query": key.text, "operator": "and"}}}
    return {"query": word if key.kind == "word" else {"match_all": {}}, "size": 0, "track_total_hits": True}


def _kinds(names: Sequence[str], answer: Answer) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {name: set() for name in names}
    for hit in answer.hits:
        for name in hit["fields"][fields.NAME]:
            kinds.setdefault(name, set()).add(hit["fields"][fields.KIND][0])
    return kinds


def _titles(keys: Sequence[str], answer: Answer) -> dict[str, LikeTitle | None]:
    titles: dict[str, LikeTitle | None] = dict.fromkeys(keys)
    for hit in answer.hits:
        for key in hit["fields"][fields.TITLE_KEY]:
            if key in titles and titles[key] is None:
                titles[key] = title_of(hit)
    return titles
