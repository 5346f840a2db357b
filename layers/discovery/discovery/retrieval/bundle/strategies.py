"""The strategies over a bundle, side by side: each is apart from the other's failures, and from its slowness."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from discovery.catalogue.bundle import Catalogue
from discovery.observability import logger, metrics
from discovery.retrieval.bundle import keyword, vector
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Selection, mask
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings import RetrievalSettings

Clock = Callable[[], float]
Strategy = Callable[[ParsedQuery, Selection], Ranking]


@dataclass(frozen=True, eq=False)
class Retrieved:
    """What each strategy found."""

    keyword: Ranking = field(default_factory=Ranking)
    vector: Ranking = field(default_factory=Ranking)
    whole: bool = True
    """False where a strategy failed or was left out: that nothing was found then says little."""

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (len(self.keyword.rows) or len(self.vector.rows))


def retrieve(
    strategies: Mapping[str, Strategy],
    query: ParsedQuery,
    selected: Selection,
    *,
    ends: float = math.inf,
    clock: Clock = time.monotonic,
) -> Retrieved:
    """What the strategies, named `keyword` and `vector`, find for a query; where one fails, the other serves.

    They run one after the other. One that would begin after the deadline, `ends` on the clock, is left out where
    another has answered.

    Raises:
        Exception: what the last of them raised, where every one failed.
    """
    found: dict[str, Ranking] = {}
    failure: Exception | None = None
    for name, strategy in strategies.items():
        if found and clock() > ends:
            metrics.count("RetrievalDeadlineReached")
            logger.warning("a search strategy was left out", strategy=name)
            continue
        try:
            found[name] = strategy(query, selected)
        except Exception as error:  # noqa: BLE001 - whatever breaks one strategy, the other can still serve
            metrics.count(f"{name.capitalize()}SearchFailed")
            logger.exception("a search strategy failed", strategy=name)
            failure = error
    if not found and failure is not None:
        raise failure
    return Retrieved(**found, whole=len(found) == len(strategies))


class KeywordStrategy:
    """BM25 over a bundle's words."""

    def __init__(self, catalogue: Catalogue, settings: RetrievalSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def __call__(self, query: ParsedQuery, selected: Selection) -> Ranking:
        """The best for the query's terms; of a query of nothing but constraints, the most popular that satisfy them."""
        settings = self._settings
        if not query.parsed.terms:
            return self._browse(selected) if query.like_key is None else Ranking()
        index = self._catalogue.keyword
        return keyword.retrieve(
            index, query.parsed.terms, selected, depth=settings.depth, title_boost=settings.title_boost
        )

    def _browse(self, selected: Selection) -> Ranking:
        popularity = self._catalogue.columns.popularity
        allowed = mask(self._catalogue.columns, selected)
        if allowed is None:
            return Ranking()
        rows = np.flatnonzero(allowed)
        best = rows[np.lexsort((rows, -popularity[rows]))[: self._settings.depth]]
        return Ranking(best, np.full(len(best), np.nan))


class VectorStrategy:
    """Cosines over a bundle's vectors."""

    def __init__(self, catalogue: Catalogue, settings: RetrievalSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def __call__(self, query: ParsedQuery, selected: Selection) -> Ranking:
        """The nearest to the query's words, to the title that it likens to, or to both."""
        catalogue, settings = self._catalogue, self._settings
        vectors = list(catalogue.model.embed([query.parsed.text])) if query.parsed.text else []
        if query.like_key is not None:
            vectors.append(catalogue.vectors[query.like_key])
        if not vectors:
            return Ranking()
        allowed = mask(catalogue.columns, selected)
        if query.like_key is not None and not query.named:  # who asks for something like a title has the title
            allowed = np.ones(catalogue.size, dtype=np.bool_) if allowed is None else allowed
            allowed[query.like_key] = False
        return vector.retrieve(
            catalogue.vectors,
            catalogue.codes,
            vector.query_vector(*vectors),
            allowed,
            depth=settings.depth,
            min_similarity=settings.min_similarity,
        )
