"""Finding candidates: one request that asks for all strategies, after one for what there is of the query."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from discovery.api.requests import Filters
from discovery.catalogue.content import Content
from discovery.errors import IndexUnavailable, Unsearched
from discovery.opensearch.engine import Answer, Body, Engine, Search
from discovery.retrieval.filters import Constraints, constraints
from discovery.retrieval.fusion import fused
from discovery.retrieval.names import PEOPLE, TOPICS
from discovery.retrieval.opensearch import attributes, browsing, keyword
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.documents import Titles
from discovery.retrieval.opensearch.filters import all_of, passing
from discovery.retrieval.opensearch.found import EngineFound
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.lookups import Lookups
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.opensearch.strategies import Strategies
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings.retrieval import RetrievalSettings

Clock = Callable[[], float]


class Finder:
    """Finds candidates in one index of titles."""

    def __init__(
        self,
        engine: Engine,
        titles: Titles,
        lookups: Lookups,
        strategies: Strategies,
        settings: RetrievalSettings,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._engine = engine
        self._titles = titles
        self._lookups = lookups
        self._strategies = strategies
        self._settings = settings
        self._clock = clock

    async def find(self, query: ParsedQuery, filters: Filters, timeout_ms: float) -> EngineFound:
        """The match set of a query among what passes the filters; of an empty query, all of that.

        Where what was read into the query leaves nothing of the whole catalogue, its plain words are searched instead.
        Without an answer, nothing is found, and `partial` says why.
        """
        asked = constraints(filters)
        ends = self._clock() + timeout_ms / 1000
        try:
            if query.is_empty:
                return await self._browse(query, asked, ends)
            found = await self._search(query, asked & query.wanted, ends)
            if not len(found) and found.whole and query.wanted.any and await self._is_misread(query, asked, ends):
                query = query.relaxed()
                found = await self._search(query, asked, ends)
        except IndexUnavailable as unavailable:  # which the engine counted and logged
            return EngineFound.nothing(query, unavailable.reason)
        return found

    async def _is_misread(self, query: ParsedQuery, asked: Constraints[str], ends: float) -> bool:
        """Whether it is what was read into the query that leaves nothing, and not the filters."""
        if not asked.any:
            return True
        unfiltered = await self._search(query, query.wanted, ends)
        return not len(unfiltered) and unfiltered.whole

    async def _browse(self, query: ParsedQuery, wanted: Constraints[str], ends: float) -> EngineFound:
        form = Form(passing(wanted))
        search = browsing.search(form)
        (answer,) = await self._asked([search], ends)
        return browsing.browsed(query, search, answer, form.passing)

    async def _search(self, query: ParsedQuery, wanted: Constraints[str], ends: float) -> EngineFound:
        """All that any strategy finds; of a query of nothing but constraints, also all that satisfies them."""
        form = attributes.form_of(query, passing(wanted))
        asking = await self._asking(query, form, ends)
        bodies = [body for of in asking.values() for body in of.searches]
        answers = await self._asked(bodies, ends)
        hits = list(map(Hits.of, bodies, answers))
        pool = Pool.of(hits, constrained=bool(form.passing))
        rankings = {name: of.among(pool.allowed) for name, of in _rankings(asking, hits, pool).items()}
        found = fused(
            query,
            rankings,
            partial(attributes.evidence, query, pool),
            self._settings.weights,
            size=len(pool.ids),
            partial=_missing(asking, hits),
        )
        if not _browses(query, form):
            return EngineFound.of(found, pool.ids)
        total = answers[0].total  # its strategy is the first
        return EngineFound.of(found, pool.ids, matching=all_of(form.passing), more=max(0, total - len(found)))

    async def _asking(self, query: ParsedQuery, form: Form, ends: float) -> Mapping[str, Asking]:
        parsed = query.parsed
        looked_up = await self._lookups.look_up(
            words=[*keyword.words_of(parsed.terms), *keyword.words_of(parsed.text)],
            names=(*PEOPLE.candidates(query.query), *TOPICS.candidates(query.query)),
            timeout_ms=self._left_ms(ends),
        )
        liked: Content | None = None
        if query.like_key is not None and parsed.like is not None:
            (liked,) = await self._titles.contents([parsed.like.id])
        browses = {"keyword": browsing.asking(form)} if _browses(query, form) else {}
        return {**browses, **self._strategies.asking(query, looked_up, form, liked)}

    async def _asked(self, bodies: Sequence[Body], ends: float) -> list[Answer]:
        searches = [Search(self._titles.index, body) for body in bodies]
        return await self._engine.search(searches, timeout_ms=self._left_ms(ends)) if searches else []

    def _left_ms(self, ends: float) -> float:
        """What is left until the deadline.

        Raises:
            IndexUnavailable: nothing.
        """
        left = (ends - self._clock()) * 1000
        if left <= 0:
            raise IndexUnavailable("deadline")
        return left


def _browses(query: ParsedQuery, form: Form) -> bool:
    """Whether a query is nothing but constraints."""
    return bool(form.passing) and not query.parsed.terms and query.like_key is None


def _rankings(asking: Mapping[str, Asking], found: Sequence[Hits], pool: Pool) -> dict[str, Ranking]:
    rankings = {}
    start = 0
    for name, of in asking.items():
        end = start + len(of.searches)
        rankings[name] = of.read(found[start:end], pool) if of.searches else Ranking()
        start = end
    return rankings


def _missing(asking: Mapping[str, Asking], found: Sequence[Hits]) -> Unsearched | None:
    """Why something may be missing; what stands in for an attempt that was refused is there."""
    missing = [hits.missing for hits in found]
    start = 0
    for of in asking.values():
        for place in range(start, start + of.attempts):
            missing[place] = None if missing[place] == "failed" else missing[place]
        start += len(of.searches)
    return next(filter(None, missing), None)
