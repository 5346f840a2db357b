"""The demo users: people with different tastes and histories, from `demo_users.json`."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from discovery.catalogue.content import Content
from discovery.catalogue.title_key import title_key
from discovery.sona.contract import ViewingEvent

logger = logging.getLogger(__name__)

USERS_FILE = Path(__file__).with_name("demo_users.json")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoEvent(_Record):
    """A viewing event, dated back from the start of the process; title and year find it in other catalogues."""

    content_id: str
    title: str
    year: int
    days_ago: Annotated[float, Field(ge=0)]
    completion_rate: Annotated[float, Field(ge=0, le=1)]
    rating: Annotated[float, Field(ge=0.5, le=5)] | None = None
    is_rewatch: bool = False
    dismissed: bool = False


class DemoUser(_Record):
    """A person with a taste."""

    id: str
    taste: str
    events: tuple[DemoEvent, ...]


def demo_users(file: Path = USERS_FILE) -> list[DemoUser]:
    """Read the demo users."""
    return TypeAdapter(list[DemoUser]).validate_json(file.read_bytes())


def viewing_events(users: Sequence[DemoUser], contents: Sequence[Content]) -> Mapping[str, list[ViewingEvent]]:
    """The viewing events of each user on these contents; what the catalogue lacks is skipped and counted."""
    now = datetime.now(UTC)
    ids = {content.id for content in contents}
    by_title: dict[tuple[str, int | None], str] = {}
    for content in contents:
        by_title.setdefault((title_key(content.title), content.release_year), content.id)
    found: dict[str, list[ViewingEvent]] = {}
    for user in users:
        for event in user.events:
            content_id = event.content_id if event.content_id in ids else None
            content_id = content_id or by_title.get((title_key(event.title), event.year))
            if content_id is not None:
                found.setdefault(user.id, []).append(_viewing(event, content_id, now))
    wanted, had = sum(len(user.events) for user in users), sum(map(len, found.values()))
    if had < wanted:
        logger.warning(
            "%d of the demo users' %d viewing events are of titles not in this catalogue", wanted - had, wanted
        )
    return found


def _viewing(event: DemoEvent, content_id: str, now: datetime) -> ViewingEvent:
    return ViewingEvent(
        content_id=content_id,
        timestamp=now - timedelta(days=event.days_ago),
        completion_rate=event.completion_rate,
        rating=event.rating,
        is_rewatch=event.is_rewatch,
        dismissed=event.dismissed,
    )
