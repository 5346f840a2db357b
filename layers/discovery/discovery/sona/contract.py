"""The HTTP contract with SONA, which our client and our engines share: paths, bodies, components, and what a score is.

    POST   /api/v1/personalization/score    ScoreRequest  → {user_id, content_id, score, components}
    POST   /api/v1/personalization/scores   ScoresRequest → {user_id, scores: [{content_id, score, components}, …]}
    POST   /api/v1/profile/update           UpdateRequest → {user_id, events_accepted, profile_version}

The second is optional: an engine without it answers 404, 405 or 501 there, and is asked one content at a time. Scores
and components are in [0, 1]; contents without a score are left out of a batch, and are a 404 one at a time.

An engine may do more, as ours does; a search does not need it:

    POST   /api/v1/recommendations          RecommendationsRequest → {user_id, recommendations: […]}
    POST   /api/v1/similar                  SimilarRequest → {content_id, similar: […]}
    DELETE /api/v1/users/{user_id}          → {user_id, erased}

With `explain` a score also has `because_you_liked`, up to three titles as `{content_id, title}`, and `reason`, which
says it in words.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

SCORE_PATH = "/api/v1/personalization/score"
SCORES_PATH = "/api/v1/personalization/scores"
UPDATE_PATH = "/api/v1/profile/update"
RECOMMENDATIONS_PATH = "/api/v1/recommendations"
SIMILAR_PATH = "/api/v1/similar"
USERS_PATH = "/api/v1/users"
ENGINE_COMPONENTS = ("liked", "recent", "content", "popular")
"""Of our engine; they add up to the score."""
COMPONENTS = ("collaborative", "content_based", "graph_based", "context", "lora_boost", *ENGINE_COMPONENTS)
"""That are shown, of those that an engine names."""

_CLOCK_SKEW = timedelta(days=1)

LONGEST_ID = 256
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID)]
Genre = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Score(NamedTuple):
    """How much a user likes an item, in [0, 1], and when SONA said so (Unix seconds)."""

    value: float
    fetched_at: float
    components: Mapping[str, float] = MappingProxyType({})


class Named(NamedTuple):
    """A title, as SONA names it."""

    content_id: str
    title: str


class Why(NamedTuple):
    """What SONA says for a score, to a person."""

    because_you_liked: tuple[Named, ...]
    """Up to three titles."""
    in_words: str
    """For example "because you liked Alien"; may be empty."""


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ScoreRequest(_Request):
    """Asks for the score of one content."""

    user_id: Identifier
    content_id: Identifier
    explain: bool = False


class ScoresRequest(_Request):
    """Asks for the scores of many contents."""

    user_id: Identifier
    content_ids: Annotated[list[Identifier], Field(max_length=5000)]
    explain: bool = False


def _not_of_the_future(timestamp: datetime) -> datetime:
    """Refuse what would make all real events look old."""
    if timestamp > datetime.now(UTC) + _CLOCK_SKEW:
        raise ValueError("lies in the future")
    return timestamp


class ViewingEvent(_Request):
    """One viewing event."""

    content_id: Identifier
    timestamp: Annotated[AwareDatetime, AfterValidator(_not_of_the_future)]
    """RFC 3339."""
    completion_rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    rating: Annotated[float, Field(ge=0.5, le=5, allow_inf_nan=False)] | None = None
    """Stars; halves are kept."""
    is_rewatch: bool = False
    dismissed: bool = False


class UpdateRequest(_Request):
    """Tells of several viewing events of a user, or of one, or of the genres that they chose at sign-up."""

    user_id: Identifier
    events: Annotated[list[ViewingEvent], Field(min_length=1, max_length=1000)] | None = None
    event: ViewingEvent | None = None
    genres: Annotated[list[Genre], Field(max_length=20)] | None = None
    """In place of those told before."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.events is not None and self.event is not None:
            raise ValueError("either `events` or `event` is needed, not both")
        if self.events is None and self.event is None and self.genres is None:
            raise ValueError("either `events` or `event` is needed, or `genres`")
        return self

    @property
    def viewing_events(self) -> list[ViewingEvent]:
        """All of them."""
        return self.events or ([self.event] if self.event else [])


class _Selection(_Request):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    exclude: Annotated[list[Identifier], Field(max_length=5000)] = []
    diversity: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    """From 0, the best ones, to 1, those most unlike each other (maximal marginal relevance)."""


class RecommendationsRequest(_Selection):
    """Asks for titles that a user has not met and would like."""

    user_id: Identifier


class SimilarRequest(_Selection):
    """Asks for titles like one."""

    content_id: Identifier
