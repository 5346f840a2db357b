"""Phase 3: the strategies' rankings fused into candidates."""

from dataclasses import dataclass

from discovery.catalogue.columns import Columns
from discovery.retrieval.bundle.retriever import Retrieved
from discovery.retrieval.fusion import min_max, popularity_prior, reciprocal_rank_fusion
from discovery.settings import RetrievalSettings


@dataclass(frozen=True)
class FusedCandidate:
    """A document that some strategy found; relevance in [0, 1], the strategies' scores on their own scales."""

    row: int
    relevance: float
    keyword_score: float | None
    vector_similarity: float | None


def fuse(retrieved: Retrieved, columns: Columns, settings: RetrievalSettings) -> list[FusedCandidate]:
    """Fuse by weighted RRF, with popularity as a third list over what the strategies found; best first."""
    found = dict.fromkeys((*retrieved.vector.rows, *retrieved.keyword.rows, *retrieved.browse))
    popularity = {row: float(columns.popularity[row]) for row in found}
    fused = reciprocal_rank_fusion(
        [
            (settings.vector_weight, retrieved.vector.rows),
            (settings.keyword_weight, retrieved.keyword.rows or retrieved.browse),
            (settings.popularity_weight, popularity_prior(list(found), popularity)),
        ],
        k=settings.rrf_k,
    )
    relevance = min_max([score for _, score in fused])
    keyword_scores, similarities = retrieved.keyword.by_row(), retrieved.vector.by_row()
    return [
        FusedCandidate(row, relevant, keyword_scores.get(row), similarities.get(row))
        for (row, _), relevant in zip(fused, relevance, strict=True)
    ]
