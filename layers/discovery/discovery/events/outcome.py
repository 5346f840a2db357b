"""The outcome record: one thing that one person did, as the lake keeps it (docs/experiments.md has the schema)."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

SCHEMA = "discovery.outcome/1"

Join = Literal["joined", "none", "foreign"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One event that was accepted. Of all records of one (user or client, event_id) a reader counts one."""

    event_id: str
    user: str | None
    """Keyed hash; None where nobody was signed in."""
    client: str | None
    """Keyed hash of the client's id, where nobody was signed in."""
    search_id: str | None
    """Of the search that it belongs to, where that proves itself."""
    search: Join
    action: str
    content_id: str
    position: int | None
    value: float | None
    time: int
    """Of the event, in Unix milliseconds."""
    received: int
    """Unix milliseconds."""
    session_id: str | None
    application: str | None

    @property
    def person(self) -> str:
        """Whose it is: the user's or the client's hash."""
        return self.user or self.client or ""


def lines(outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as JSON Lines."""
    records = ({"schema": SCHEMA} | asdict(outcome) for outcome in outcomes)
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records).encode()
