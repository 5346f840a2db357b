"""Real ratings, split in time: what is known of a person, and what they liked later."""

import csv
import gzip
import io
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from discovery.sona.contract import ViewingEvent
from lab.catalogues import bundle_of
from local.stack.processes import ROOT
from sona.history import History

FILMS, RATINGS = "wikipedia-movies.jsonl.gz", "movielens-ratings.csv.gz"
_RATED = ROOT / ".local" / "ranking" / "wikipedia-movies-rated.jsonl"
FEWEST_LIKES = 20
_KNOWN = 0.8
"""Of somebody's likes, in time."""
_LIKED = 4.0
"""Stars."""

Film = tuple[str, int]
"""Title and year of release."""


class DataMissing(Exception):
    """The shared data are not at hand."""


@dataclass(frozen=True, order=True)
class Rating:
    """What one person thought of one title. Ratings of one person are ordered by time, then by id."""

    at: int
    """Unix seconds."""
    content_id: str
    stars: float
    """0.5 to 5."""


@dataclass(frozen=True)
class Person:
    """Somebody with enough likes to hold some out."""

    name: str
    known: Sequence[Rating]
    """The first 80 % of their likes, and what else they rated before the first held-out one; in order."""
    held_out: frozenset[str]
    """The other likes."""
    later: Mapping[str, float] = field(default_factory=dict)
    """Title → stars: all that they rated and that is not known, the other likes among it."""

    def history(self, first: int | None = None) -> History:
        """What an engine knows of them after the first events, or after all that are known."""
        return History.of(self.events()[:first])

    def events(self) -> list[ViewingEvent]:
        """What is known as viewing events, in order."""
        return [
            ViewingEvent(
                content_id=rating.content_id,
                timestamp=datetime.fromtimestamp(rating.at, UTC),
                completion_rate=1.0,
                rating=rating.stars,
            )
            for rating in self.known
        ]


def data() -> Path:
    """The folder of the shared data.

    Raises:
        DataMissing: it is not at hand.
    """
    folder = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / FILMS).exists() or not (folder / RATINGS).exists():
        raise DataMissing(f"needs {FILMS} and {RATINGS} in {folder}, or in the folder that SHARED_DATA names")
    return folder


def rated_bundle(folder: Path) -> Path:
    """The bundle of the films that the ratings name, built where there is none."""
    films = {film for film, _, _ in _rows(folder)}
    lines: dict[Film, str] = {}
    with gzip.open(folder / FILMS, "rt", encoding="utf-8") as source:
        for line in source:
            record = json.loads(line)
            if (film := (record["title"], record["year"])) in films:
                lines.setdefault(film, line)
    _RATED.parent.mkdir(parents=True, exist_ok=True)
    _RATED.write_text("".join(lines.values()), encoding="utf-8")
    return bundle_of(_RATED)


def people(folder: Path, ids: Mapping[Film, str]) -> list[Person]:
    """Everybody with at least twenty likes, by name."""
    rated: dict[str, list[Rating]] = defaultdict(list)
    for film, name, (at, stars) in _rows(folder):
        if film in ids:
            rated[name].append(Rating(at, ids[film], stars))
    split_people = (split(name, rated[name]) for name in sorted(rated))
    return [person for person in split_people if person is not None]


def split(name: str, rated: Iterable[Rating]) -> Person | None:
    """A person's ratings, split in time; None where there are too few likes."""
    in_time = sorted(rated)
    likes = [rating for rating in in_time if rating.stars >= _LIKED]
    if len(likes) < FEWEST_LIKES:
        return None
    count = int(len(likes) * _KNOWN)
    first_held_out = likes[count]
    known_likes = {rating.content_id for rating in likes[:count]}
    known = [rating for rating in in_time if rating.at < first_held_out.at or rating.content_id in known_likes]
    met = {rating.content_id for rating in known}
    later = {rating.content_id: rating.stars for rating in in_time if rating.content_id not in met}
    return Person(name, known, frozenset(rating.content_id for rating in likes[count:]), later)


def _rows(folder: Path) -> Iterable[tuple[Film, str, tuple[int, float]]]:
    """Film, person, and moment and stars."""
    with gzip.open(folder / RATINGS) as compressed:
        for row in csv.DictReader(io.TextIOWrapper(compressed, "utf-8")):
            film = (row["title"], int(row["year"]))
            yield film, row["user_id"], (int(row["timestamp"]), float(row["rating"]))
