"""The requests SONA understands."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

_CLOCK_SKEW = timedelta(days=1)

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256)]


def _not_of_the_future(timestamp: datetime) -> datetime:
    """Refuse what would make all real events look old."""
    if timestamp > datetime.now(UTC) + _CLOCK_SKEW:
        raise ValueError("lies in the future")
    return timestamp


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ScoreRequest(_Request):
    """Body of `POST …/score`."""

    user_id: Identifier
    content_id: Identifier


class ScoresRequest(_Request):
    """Body of `POST …/scores`."""

    user_id: Identifier
    content_ids: Annotated[list[Identifier], Field(max_length=5000)]


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
    """Body of `POST …/profile/update`: several events, or one."""

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
