"""The strategies over a bundle, side by side: each is apart from the other's failures, and from its slowness."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from discovery.api.search_responses import PartialReason
from discovery.catalogue.bundle import Catalogue
from discovery.observability import logger, metrics
from discovery.retrieval.bundle import keyword, likeness, names, titles, vector
from discovery.retrieval.bundle.selection import Selected
from discovery.retrieval.meaning import query_vector
from discovery.retrieval.names import PEOPLE, TOPICS, Names
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.scoring import SCORING, LikenessScoring, Scoring, TitleScoring, WordScoring
from discovery.settings.retrieval import RetrievalSettings

Clock = Callable[[], float]
Strategy = Callable[[ParsedQuery, Selected], Ranking]


@dataclass(frozen=True, eq=False)
class Retrieved:
    """What the strategies found, by their names."""

    rankings: Mapping[str, Ranking]
    partial: PartialReason | None = None
    """Why a strategy found nothing that it might have; None where all were run."""

    @property
    def whole(self) -> bool:
        """Whether no strategy failed or was left out: that nothing was found says little where one was."""
        return self.partial is None

    def __getitem__(self, name: str) -> Ranking:
        return self.rankings.get(name) or Ranking()

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not any(len(ranking.rows) for ranking in self.rankings.values())


def retrieve(
    strategies: Mapping[str, Strategy],
    query: ParsedQuery,
    selected: Selected,
    *,
    ends: float = math.inf,
    clock: Clock = time.monotonic,
) -> Retrieved:
    """What the strategies find for a query; where one fails, the others serve.

    They run one after the other. One that would begin after the deadline, `ends` on the clock, is left out where
    another has answered.

    Raises:
        Exception: what the last of them raised, where every one failed.
    """
    found: dict[str, Ranking] = {}
    failure: Exception | None = None
    partial: PartialReason | None = None
    for name, strategy in strategies.items():
        if found and clock() > ends:
            metrics.count("RetrievalDeadlineReached")
            logger.warning("a search strategy was left out", strategy=name)
            partial = partial or "deadline"
            continue
        try:
            found[name] = strategy(query, selected)
        except Exception as error:  # noqa: BLE001 - whatever breaks one strategy, the others can still serve
            metrics.count(f"{name.capitalize()}SearchFailed")
            logger.exception("a search strategy failed", strategy=name)
            failure = error
            partial = "failed"
    if not found and failure is not None:
        raise failure
    return Retrieved(found, partial)


class KeywordStrategy:
    """BM25 over a bundle's words."""

    def __init__(self, catalogue: Catalogue, scoring: WordScoring = SCORING.words) -> None:
        self._catalogue = catalogue
        self._scoring = scoring

    def __call__(self, query: ParsedQuery, selected: Selected) -> Ranking:
        """What matches the query's terms; for a query of nothing but constraints, all that satisfies them."""
        if query.parsed.terms:
            catalogue = self._catalogue
            return keyword.retrieve(catalogue.keyword, query.parsed.terms, selected.rows, self._scoring)
        if query.like_key is not None or not selected.constraints.any or selected.rows is None:
            return Ranking()
        rows = np.flatnonzero(selected.rows)
        return Ranking(rows, np.zeros(len(rows)), np.full(len(rows), np.nan))


class VectorStrategy:
    """Cosines over a bundle's vectors."""

    def __init__(self, catalogue: Catalogue, settings: RetrievalSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def __call__(self, query: ParsedQuery, selected: Selected) -> Ranking:
        """The nearest to the query's words, to the title that it likens to, or to both."""
        catalogue, settings = self._catalogue, self._settings
        vectors = list(catalogue.model.embed([query.parsed.text])) if self._means_something(query.parsed.text) else []
        if query.like_key is not None:
            vectors.append(catalogue.vectors[query.like_key])
        if not vectors:
            return Ranking()
        return vector.retrieve(
            catalogue.vectors,
            query_vector(*vectors),
            selected.rows,
            floor=settings.similarity_floor,
            min_similarity=settings.min_similarity,
            without=query.like_key,  # who asks for something like a title has the title
        )

    def _means_something(self, text: str) -> bool:
        """Whether a word of a text is one: the catalogue has it, or the model."""
        return keyword.knows(self._catalogue.keyword, text) or self._catalogue.model.has_words(text)


class TitleStrategy:
    """Titles that the query is, nearly is, or begins."""

    def __init__(self, catalogue: Catalogue, scoring: TitleScoring = SCORING.titles) -> None:
        self._catalogue = catalogue
        self._scoring = scoring

    def __call__(self, query: ParsedQuery, selected: Selected) -> Ranking:
        """Such titles; none for a query that likens to one, or leaves no words."""
        if query.like_key is not None or not query.parsed.terms:
            return Ranking()
        return titles.retrieve(self._catalogue, (query.query, query.typed), selected.rows, self._scoring)


class NameStrategy:
    """Titles of the people, or with the keywords, whose whole names the query has."""

    def __init__(self, catalogue: Catalogue, of: Names) -> None:
        self._catalogue = catalogue
        self._names = of

    def __call__(self, query: ParsedQuery, selected: Selected) -> Ranking:
        """Such titles, by how much of the query is a name."""
        return names.retrieve(self._catalogue.keyword, self._names, query.query, selected.rows)


class LikenessStrategy:
    """What is like the title that the query likens to."""

    def __init__(self, catalogue: Catalogue, scoring: LikenessScoring = SCORING.likeness) -> None:
        self._catalogue = catalogue
        self._scoring = scoring

    def __call__(self, query: ParsedQuery, selected: Selected) -> Ranking:
        """The likest titles; none for a query that does not liken."""
        if query.like_key is None:
            return Ranking()
        return likeness.retrieve(self._catalogue, query.like_key, selected.rows, self._scoring)


def strategies_over(catalogue: Catalogue, settings: RetrievalSettings, scoring: Scoring) -> dict[str, Strategy]:
    """All of them, in the order in which they run."""
    return {
        "keyword": KeywordStrategy(catalogue, scoring.words),
        "title": TitleStrategy(catalogue, scoring.titles),
        "person": NameStrategy(catalogue, PEOPLE),
        "topic": NameStrategy(catalogue, TOPICS),
        "likeness": LikenessStrategy(catalogue, scoring.likeness),
        "vector": VectorStrategy(catalogue, settings),
    }
