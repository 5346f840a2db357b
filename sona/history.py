"""What a person met, as bytes: fourteen for a title, the newest 700 titles, and so less than 10 kB.

A history is a map from titles to what the newest event says of each, a last-writer-wins map: merging is commutative,
associative and idempotent (Shapiro et al. 2011, "Conflict-free replicated data types"). Events may thus arrive twice,
late, and in any order, without a list of those that were seen.

A title is named by 64 bits of its id's hash: ids are up to 256 characters long, and rows change with every model. That
two of a million titles share a name has the chance 3 in 10⁸.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.sona.contract import ViewingEvent

MAX_TITLES = 700
"""The oldest go first."""
_FORMAT = b"\x01"
_HALF_STARS = 0x0F
REWATCH, DISMISSED = 0x10, 0x20
RECORD = np.dtype([("key", "<u8"), ("at", "<u4"), ("completion", "u1"), ("grade", "u1")])


@lru_cache(maxsize=1 << 16)
def title_key(content_id: str) -> int:
    """The name of a title in histories: the first 64 bits of the id's BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(content_id.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, eq=False)
class History:
    """The newest event of each of m titles, by title key."""

    records: NDArray[Any]
    """`[m]`, of the fields `key`, `at` (Unix seconds), `completion` (percent) and `grade` (half stars and flags)."""

    def __len__(self) -> int:
        return len(self.records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self.records.tobytes() == other.records.tobytes()

    def __hash__(self) -> int:
        return hash(self.records.tobytes())

    @classmethod
    def of(cls, events: Iterable[ViewingEvent]) -> Self:
        """The history that these events make."""
        return cls(_newest(np.array([_record(event) for event in events], dtype=RECORD)))

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Read what `encode` wrote.

        Raises:
            ValueError: it is of another format, or no history at all.
        """
        if encoded[:1] != _FORMAT:
            raise ValueError("not a history, or one of another format")
        return cls(np.frombuffer(encoded, dtype=RECORD, offset=1))

    def encode(self) -> bytes:
        """The history as bytes: 1 + 14 m."""
        return _FORMAT + self.records.tobytes()

    def merged(self, other: Self) -> Self:
        """Both histories as one."""
        return type(self)(_newest(np.concatenate([self.records, other.records])))

    def only(self, which: NDArray[np.bool_]) -> Self:
        """The titles for which `which`, `[m]`, is true."""
        return type(self)(self.records[which])

    @property
    def keys(self) -> NDArray[np.uint64]:
        """`[m]`, ascending."""
        return self.records["key"]

    @property
    def at(self) -> NDArray[np.uint32]:
        """`[m]`: when, in Unix seconds."""
        return self.records["at"]

    @property
    def completion(self) -> NDArray[np.float64]:
        """`[m]`: how much of the title was watched, 0 to 1."""
        return self.records["completion"] / 100.0

    @property
    def stars(self) -> NDArray[np.float64]:
        """`[m]`: 0.5 to 5; 0 where there is no rating."""
        return (self.records["grade"] & _HALF_STARS) / 2.0

    @property
    def rewatched(self) -> NDArray[np.bool_]:
        """`[m]`: whether it was seen before."""
        return (self.records["grade"] & REWATCH) > 0

    @property
    def dismissed(self) -> NDArray[np.bool_]:
        """`[m]`: whether it was waved away."""
        return (self.records["grade"] & DISMISSED) > 0


EMPTY = History(np.empty(0, dtype=RECORD))


def _record(event: ViewingEvent) -> tuple[int, int, int, int]:
    half_stars = 0 if event.rating is None else round(event.rating * 2)
    grade = half_stars | (REWATCH if event.is_rewatch else 0) | (DISMISSED if event.dismissed else 0)
    at = max(0, int(event.timestamp.timestamp()))
    return title_key(event.content_id), at, round(event.completion_rate * 100), grade


def newest_titles(kept: NDArray[Any]) -> NDArray[Any]:
    """Of records of different titles, by key, the newest `MAX_TITLES`."""
    if len(kept) <= MAX_TITLES:
        return kept
    return kept[np.sort(np.lexsort((kept["key"], kept["at"]))[-MAX_TITLES:])]


def _newest(records: NDArray[Any]) -> NDArray[Any]:
    """Of each title the newest record, of two of one second the greater; of all the newest `MAX_TITLES`; by key."""
    ordered = records[np.lexsort((records["completion"], records["grade"], records["at"], records["key"]))]
    last = np.ones(len(ordered), dtype=np.bool_)
    last[:-1] = ordered["key"][1:] != ordered["key"][:-1]
    kept = ordered[last]
    return newest_titles(kept)
