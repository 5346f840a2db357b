"""The HTTP contract with SONA, which our client and our engines share: paths, bodies, components, and what a score is.

    POST /api/v1/personalization/score    ScoreRequest  → {user_id, content_id, score, components}
    POST /api/v1/personalization/scores   ScoresRequest → {user_id, scores: [{content_id, score, components}, …]}
    POST /api/v1/profile/update           UpdateRequest → {user_id, accepted, profile_version}

The second is optional: an engine without it answers 404, 405 or 501 there, and is asked one content at a time. Scores
and components are in [0, 1]; contents without a score are left out of a batch, and are a 404 one at a time.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

SCORE_PATH = "/api/v1/personalization/score"
SCORES_PATH = "/api/v1/personalization/scores"
UPDATE_PATH = "/api/v1/profile/update"
COMPONENTS = ("collaborative", "content_based", "graph_based", "context", "lora_boost")

_CLOCK_SKEW = timedelta(days=1)

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Score(NamedTuple):
    """How much a user likes an item, in [0, 1], and when SONA said so (Unix seconds)."""

    value: float
    fetched_at: float
    components: Mapping[str, float] = MappingProxyType({})


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ScoreRequest(_Request):
    """Asks for the score of one content."""

    user_id: Identifier
    content_id: Identifier


class ScoresRequest(_Request):
    """Asks for the scores of many contents."""

    user_id: Identifier
    content_ids: Annotated[list[Identifier], Field(max_length=5000)]


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
    rating: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] | None = None
    is_rewatch: bool = False
    dismissed: bool = False


class UpdateRequest(_Request):
    """Tells of several viewing events of a user, or of one."""

    user_id: Identifier
    events: Annotated[list[ViewingEvent], Field(min_length=1, max_length=1000)] | None = None
    event: ViewingEvent | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.events is None) == (self.event is None):
            raise ValueError("either `events` or `event` is needed")
        return self

    @property
    def viewing_events(self) -> list[ViewingEvent]:
        """All of them."""
        return self.events or ([self.event] if self.event else [])
