"""Judged queries: the project's own for the demo catalogue, and those of the shared data where it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.catalogues import DEMO, sources
from local.stack.processes import ROOT

DEMO_JUDGMENTS = ROOT / "catalogue" / "judgments.jsonl"
SHARED = ("known-items", "titles", "lists", "tags")


@dataclass(frozen=True)
class Judged:
    """A query, its class, and the grade of each content id that was judged; others are not relevant."""

    query: str
    kind: str
    grades: Mapping[str, int]
    subject: str = ""
    """What several queries ask for: they are on one side of a split."""

    @property
    def relevant(self) -> frozenset[str]:
        """The ids with a grade above 0."""
        return frozenset(content_id for content_id, grade in self.grades.items() if grade > 0)


@dataclass(frozen=True)
class Collection:
    """Judged queries over one catalogue."""

    name: str
    source: Path
    """Of the catalogue."""
    queries: Sequence[Judged]


def demo() -> Collection:
    """The project's own judgments."""
    lines = map(json.loads, DEMO_JUDGMENTS.read_text().splitlines())
    return Collection("demo", DEMO, [Judged(line["query"], line["class"], line["grades"]) for line in lines])


def shared() -> list[Collection]:
    """Those of the shared data; none where that is not at hand."""
    _, *films = sources(DEMO)
    return [_read(films[0], films[0].parent / "relevance" / f"{name}.json") for name in SHARED] if films else []


def _read(source: Path, file: Path) -> Collection:
    queries = json.loads(file.read_text())["queries"]
    judged = [Judged(one["q"], one["class"], one["rel"], one.get("target", "")) for one in queries]
    return Collection(file.stem, source, judged)
