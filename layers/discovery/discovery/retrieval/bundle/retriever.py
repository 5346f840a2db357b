"""Phase 2: each strategy's ranking, each apart from the other's failures."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from discovery.catalogue.bundle import Catalogue
from discovery.observability import logger, metrics
from discovery.retrieval.bundle import keyword, vector
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.filters import Constraints, mask
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings import RetrievalSettings

Strategy = Callable[[ParsedQuery, Constraints], Ranking]


@dataclass(frozen=True)
class Retrieved:
    """What each strategy found."""

    keyword: Ranking = field(default_factory=Ranking)
    vector: Ranking = field(default_factory=Ranking)
    browse: tuple[int, ...] = ()
    """For a query of nothing but constraints: the most popular rows that satisfy them."""

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.keyword.rows or self.vector.rows or self.browse)


class Retriever:
    """Runs the strategies; if one fails, the other serves."""

    def __init__(self, keyword: Strategy, vector: Strategy, browse: Callable[[Constraints], tuple[int, ...]]) -> None:
        self._keyword = keyword
        self._vector = vector
        self._browse = browse

    @classmethod
    def of(cls, catalogue: Catalogue, settings: RetrievalSettings) -> "Retriever":
        """The strategies over one catalogue."""
        strategies = _CatalogueStrategies(catalogue, settings)
        return cls(strategies.keyword, strategies.vector, strategies.browse)

    def retrieve(self, query: ParsedQuery, wanted: Constraints) -> Retrieved:
        """What the strategies find for a query.

        Raises:
            Exception: what the last of the strategies raised, where every one of them failed.
        """
        found: dict[str, Ranking] = {}
        failure: Exception | None = None
        for name, strategy in (("keyword", self._keyword), ("vector", self._vector)):
            try:
                found[name] = strategy(query, wanted)
            except Exception as error:  # noqa: BLE001 - whatever breaks one strategy, the other can still serve
                metrics.count(f"{name.capitalize()}SearchFailed")
                logger.exception("a search strategy failed", strategy=name)
                failure = error
        if not found and failure is not None:
            raise failure
        only_constraints = wanted.any and not query.parsed.terms and query.like_row is None
        return Retrieved(**found, browse=self._browse(wanted) if only_constraints else ())


class _CatalogueStrategies:
    def __init__(self, catalogue: Catalogue, settings: RetrievalSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def keyword(self, query: ParsedQuery, wanted: Constraints) -> Ranking:
        terms = query.parsed.terms
        if not terms:
            return Ranking()
        settings = self._settings
        index = self._catalogue.keyword
        return keyword.retrieve(index, terms, wanted, depth=settings.depth, title_boost=settings.title_boost)

    def vector(self, query: ParsedQuery, wanted: Constraints) -> Ranking:
        catalogue, settings = self._catalogue, self._settings
        vectors = list(catalogue.model.embed([query.parsed.text])) if query.parsed.text else []
        if query.like_row is not None:
            vectors.append(catalogue.vectors[query.like_row])
        if not vectors:
            return Ranking()
        allowed = mask(catalogue.columns, wanted)
        if query.like_row is not None and not query.named:  # who asks for something like a title has the title
            allowed = np.ones(catalogue.size, dtype=np.bool_) if allowed is None else allowed
            allowed[query.like_row] = False
        return vector.retrieve(
            catalogue.vectors,
            vector.query_vector(*vectors),
            allowed,
            depth=settings.depth,
            min_similarity=settings.min_similarity,
        )

    def browse(self, wanted: Constraints) -> tuple[int, ...]:
        allowed = mask(self._catalogue.columns, wanted)
        rows = np.arange(self._catalogue.size) if allowed is None else np.flatnonzero(allowed)
        order = np.lexsort((rows, -self._catalogue.columns.popularity[rows]))
        return tuple(rows[order[: self._settings.depth]].tolist())
