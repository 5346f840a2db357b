"""The demo users: people with different tastes and histories, from `demo_users.json`."""

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from discovery.catalogue.content import Content
from discovery.catalogue.title_key import title_key
from sona.profile import Viewing

logger = logging.getLogger(__name__)

USERS_FILE = Path(__file__).with_name("demo_users.json")
_DAY_SECONDS = 86_400


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoEvent(_Record):
    """A viewing event, dated back from the start of the process; title and year find it in other catalogues."""

    content_id: str
    title: str
    year: int
    days_ago: Annotated[float, Field(ge=0)]
    completion_rate: Annotated[float, Field(ge=0, le=1)]
    rating: Annotated[float, Field(ge=1, le=5)] | None = None
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


def histories(users: Sequence[DemoUser], contents: Sequence[Content]) -> Mapping[str, list[Viewing]]:
    """The viewing events of each user on these contents (by row); what the catalogue lacks is skipped and counted."""
    now = time.time()
    by_id = {content.id: row for row, content in enumerate(contents)}
    by_title: dict[tuple[str, int | None], int] = {}
    for row, content in enumerate(contents):
        by_title.setdefault((title_key(content.title), content.release_year), row)
    found: dict[str, list[Viewing]] = {user.id: [] for user in users}
    for user in users:
        for event in user.events:
            row = by_id.get(event.content_id, by_title.get((title_key(event.title), event.year), -1))
            if row >= 0:
                found[user.id].append(_viewing(event, row, now))
    wanted, had = sum(len(user.events) for user in users), sum(map(len, found.values()))
    if had < wanted:
        logger.warning(
            "%d of the demo users' %d viewing events are of titles not in this catalogue", wanted - had, wanted
        )
    return {user_id: viewings for user_id, viewings in found.items() if viewings}


def _viewing(event: DemoEvent, row: int, now: float) -> Viewing:
    return Viewing(
        row=row,
        at=now - event.days_ago * _DAY_SECONDS,
        completion_rate=event.completion_rate,
        rating=event.rating,
        is_rewatch=event.is_rewatch,
        dismissed=event.dismissed,
    )
