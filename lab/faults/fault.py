"""What can go wrong with a server, as values: how it answers, after which delay, and what a search may then say."""

import dataclasses
import json
import math
import random
from dataclasses import dataclass
from typing import Any, Literal, Self

Target = Literal["sona", "valkey"]
Shape = Literal["fixed", "uniform", "lognormal"]
Way = Literal[
    "healthy",
    "refuse",  # no listener, and every connection closed
    "hang",  # the request is read and never answered
    "drip",  # the answer comes a byte at a time
    "reset",  # half of the answer, then RST
    "noise",  # bytes that are not the protocol
    "status",  # SONA: an HTTP status
    "garbage",  # SONA: a body that is not JSON
    "content_type",  # SONA: the right body under the wrong type
    "huge",  # SONA: 10 MB
    "lie",  # SONA: well-formed and wrong
    "error",  # Valkey: a RESP error
]


@dataclass(frozen=True)
class Delay:
    """How long an answer is held back, in milliseconds."""

    shape: Shape
    first: float
    """The delay, the least, or the median."""
    second: float = 0.0
    """The greatest, or sigma of the logarithm."""

    def sample(self, chance: random.Random) -> float:
        """One delay, in seconds."""
        match self.shape:
            case "fixed":
                milliseconds = self.first
            case "uniform":
                milliseconds = chance.uniform(self.first, self.second)
            case "lognormal":
                milliseconds = chance.lognormvariate(math.log(self.first), self.second)
        return milliseconds / 1000


@dataclass(frozen=True)
class Fault:
    """One way of a server to misbehave."""

    name: str
    """As the tables call it."""
    way: Way = "healthy"
    detail: str = ""
    """The status, the lie or the RESP error."""
    delay: Delay | None = None
    reasons: frozenset[str | None] = frozenset({None})
    """What a search that met it may give as its reason; None where it may go unnoticed."""

    def to_json(self) -> str:
        """As the process that misbehaves is told."""
        return json.dumps(dataclasses.asdict(self) | {"reasons": sorted(map(str, self.reasons))})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote, less the reasons, which are the searcher's affair."""
        document: dict[str, Any] = json.loads(text)
        delay = document["delay"]
        return cls(document["name"], document["way"], document["detail"], Delay(**delay) if delay else None)


HEALTHY = Fault("none")

_SLOW = (
    Fault("slow: always 80 ms", delay=Delay("fixed", 80)),
    Fault("slow: 5 to 60 ms", delay=Delay("uniform", 5, 60)),
    Fault("slow: log-normal, median 15 ms, sigma 1", delay=Delay("lognormal", 15, 1.0)),
)


def _may_say(*reasons: str | None, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(dataclasses.replace(fault, reasons=frozenset(reasons)) for fault in faults)


SONA_FAULTS: tuple[Fault, ...] = (
    *_may_say(
        "sona_unavailable",
        "circuit_open",
        faults=(
            Fault("refuses connections", "refuse"),
            Fault("resets mid-body", "reset"),
            Fault("answers what is not HTTP", "noise"),
            *(Fault(f"answers {status}", "status", status) for status in ("500", "503", "429")),
        ),
    ),
    *_may_say("timeout", "circuit_open", faults=(Fault("hangs", "hang"), Fault("drips a byte per 10 ms", "drip"))),
    *_may_say(None, "timeout", "circuit_open", faults=_SLOW),
    *_may_say(
        "sona_invalid",
        "circuit_open",
        faults=(
            Fault("answers garbage", "garbage"),
            Fault("answers under a wrong content type", "content_type"),
            Fault("lies: another user's scores", "lie", "wrong_user"),
            Fault("lies: ids that nobody asked for", "lie", "unknown_ids"),
        ),
    ),
    *_may_say("sona_invalid", "timeout", "circuit_open", faults=(Fault("answers 10 MB", "huge"),)),
    *_may_say(
        "unscored",
        faults=(
            Fault("lies: every second score NaN", "lie", "nan"),
            Fault("lies: every second score infinite", "lie", "infinity"),
            Fault("lies: every second score 1.5", "lie", "out_of_range"),
        ),
    ),
    Fault("lies: every score twice, the second one other", "lie", "duplicates"),
)

VALKEY_FAULTS: tuple[Fault, ...] = (
    *_may_say(
        "cache_unavailable",
        "timeout",
        faults=(
            Fault("refuses connections", "refuse"),
            Fault("hangs", "hang"),
            Fault("drips a byte per 10 ms", "drip"),
            Fault("resets mid-answer", "reset"),
            Fault("answers what is not RESP", "noise"),
        ),
    ),
    *_may_say(None, "cache_unavailable", "timeout", faults=_SLOW),
    *_may_say(
        None,
        "cache_unavailable",
        faults=(
            Fault("READONLY to writes", "error", "READONLY You can't write against a read only replica."),
            Fault("OOM to writes", "error", "OOM command not allowed when used memory > 'maxmemory'."),
            Fault("LOADING", "error", "LOADING Valkey is loading the dataset in memory"),
            Fault("MOVED", "error", "MOVED 3999 127.0.0.1:1"),
        ),
    ),
)

FAULTS: dict[Target, tuple[Fault, ...]] = {"sona": SONA_FAULTS, "valkey": VALKEY_FAULTS}
