"""What people did, as it comes in over the border: user-behaviour events in the schema of UBI 1.3.0.

"User Behavior Insights", OpenSearch and o19s, schema `event` 1.3.0, of which this reads a part and ignores the rest.
What is added: `event_attributes.event_id`, by which an event that is sent twice counts once. An event is judged by
itself, so that one that is wrong does not keep the others out; only the batch is validated as a whole.
"""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

MAX_EVENTS = 100
"""Of one batch."""
MAX_BATCH_BYTES = 256 * 1024


class Action(StrEnum):
    """What somebody did."""

    IMPRESSION = "impression"
    CLICK = "click"
    PLAY = "play"
    COMPLETE = "complete"
    ADD_TO_LIST = "add_to_list"
    DISMISS = "dismiss"
    RATE = "rate"
    PURCHASE = "purchase"


_Label = Annotated[str, StringConstraints(max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class EventObject(_Part):
    """What it was done to."""

    object_id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    """A content's id."""


class Position(_Part):
    """Where it was shown."""

    ordinal: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    """Place among the results, from 1."""


class EventAttributes(_Part):
    """What belongs to an event besides its name and time."""

    event_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    """Chosen by the client, such as a UUID: of a person's events of one id, one counts."""
    object: EventObject
    position: Position | None = None
    value: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)] | None = None
    """Minutes for `play` and `complete`, stars from 0.5 to 5 for `rate`, the price for `purchase`."""


class UbiEvent(_Part):
    """One user-behaviour event of UBI 1.3.0; other members are ignored."""

    action_name: Action
    timestamp: Annotated[AwareDatetime, Field(strict=False)]
    """ISO 8601, with an offset."""
    query_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    """The `search_id` of the search that it came from."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    """Who it was where nobody is signed in: an id that the client keeps."""
    session_id: _Label | None = None
    application: _Label | None = None
    event_attributes: EventAttributes

    @model_validator(mode="after")
    def _has_a_value_that_fits(self) -> Self:
        if self.action_name is not Action.RATE:
            return self
        value = self.event_attributes.value
        if value is None or not 0.5 <= value <= 5:  # noqa: PLR2004 - stars
            raise PydanticCustomError("stars", "a rating has from 0.5 to 5 stars")
        return self


class _Described:
    """Has the document show what an event is, and say that anything is taken: what is wrong gets a verdict."""

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(UbiEvent.__pydantic_core_schema__), {}]}


class EventBatch(BaseModel):
    """The body of `POST /v1/events`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    events: Annotated[list[Annotated[Any, _Described()]], Field(min_length=1, max_length=MAX_EVENTS)]
    token: Annotated[str, StringConstraints(max_length=8192)] | None = None
    """The bearer token, where the client can't send a header (`navigator.sendBeacon`); a header wins."""
