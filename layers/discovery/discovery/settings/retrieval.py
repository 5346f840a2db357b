"""How candidates are found."""

from typing import Annotated, Literal

from pydantic import Field

from discovery.scoring import SCORING, Share, Summand
from discovery.settings.section import Section


class RetrievalSettings(Section):
    """How candidates are found and fused; the defaults of weights and floors are those of `scoring.toml`."""

    keyword_weight: Summand = SCORING.weights.keyword
    vector_weight: Summand = SCORING.weights.meaning
    title_weight: Summand = SCORING.weights.title
    person_weight: Summand = SCORING.weights.person
    topic_weight: Summand = SCORING.weights.topic
    likeness_weight: Summand = SCORING.weights.likeness
    genre_weight: Summand = SCORING.weights.genre
    origin_weight: Summand = SCORING.weights.origin
    year_weight: Summand = SCORING.weights.year
    popularity_weight: Summand = SCORING.weights.popularity
    similarity_floor: Share = SCORING.meaning.floor
    min_similarity: Share = SCORING.meaning.least
    engine: Literal["bundle", "opensearch"] = "bundle"
    """What searches: an index bundle beside the code, or OpenSearch (`OpenSearchSettings`)."""
    timeout_ms: Annotated[float, Field(gt=0)] = 2000
    """The index's own deadline: a strategy that has not begun by then is left out; of OpenSearch, of one request."""

    @property
    def weights(self) -> dict[str, float]:
        """How much each kind of evidence counts."""
        return {
            "keyword": self.keyword_weight,
            "meaning": self.vector_weight,
            "title": self.title_weight,
            "person": self.person_weight,
            "topic": self.topic_weight,
            "likeness": self.likeness_weight,
            "genre": self.genre_weight,
            "origin": self.origin_weight,
            "year": self.year_weight,
            "popularity": self.popularity_weight,
        }
