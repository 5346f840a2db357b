"""Explained results of a catalogue, asked for until there are enough of them, and recomputed.

Judged queries, in an order drawn once and for all, are asked through the function's handler, anonymously and as a
person in turn, with a real Valkey and the lab's SONA. `variables.adopt` comes before the import of this module.
"""

import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from lab.environments.inline import Environment, environment
from lab.explanations.recomputed import differences
from lab.relevance.judgments import demo, shared
from lab.servers.bed import bed

_USER = "ana"
_PAGE = 100
"""The whole reranking window, whose mean and spread are recomputed too."""


@dataclass
class Seen:
    """What was recomputed."""

    queries: int = 0
    results: int = 0
    blended: int = 0
    """Results whose relevance a score was blended with."""
    differ: list[str] = field(default_factory=list)


def recomputed(bundle: Path, wanted: int) -> Seen:
    """Ask one query after the other until so many results are recomputed, or no query is left."""
    queries = [judged.query for collection in (demo(), *shared()) for judged in collection.queries]
    random.Random(1).shuffle(queries)  # noqa: S311 - an order, not a secret
    with tempfile.TemporaryDirectory(prefix="discovery-explanations-") as scratch, bed(bundle, Path(scratch)) as ours:
        tokens = (None, ours.issuer.sign(_USER))
        with environment(ours.settings()) as here:
            seen = Seen()
            for query in queries:
                if seen.results >= wanted:
                    break
                _ask(here, query, tokens[seen.queries % 2], seen)
    return seen


def _ask(here: Environment, query: str, token: str | None, seen: Seen) -> None:
    answer = here.search(query, token, explain="true", page_size=str(_PAGE)).body
    results = answer["results"]
    seen.queries += 1
    seen.results += len(results)
    seen.blended += sum(result["explanation"]["score"] is not None for result in results)
    seen.differ += [f"{query}: {one}" for one in differences(answer)]
