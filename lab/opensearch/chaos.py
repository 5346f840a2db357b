"""Searches while OpenSearch misbehaves: shares of 200s, reasons, times.

python -m lab.opensearch.chaos [--seconds 10] [--per-second 10]

Ends with exit code 1 where an answer was not 200.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from discovery.composition.search import SearchService
from discovery.statistics.percentiles import percentile
from lab.catalogues import DEMO, bundle_of
from lab.opensearch.catalogue import Source, publication, search, searching, settings
from lab.opensearch.proxy import Proxy, Way
from lab.relevance.judgments import demo
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.table import Table
from lab.report.terminal import terminal
from local.opensearch.node import opensearch
from local.stack.processes import ROOT

PAGE, PART = ROOT / "docs" / "opensearch.md", Part("opensearch-chaos", "opensearch-chaos")
TIMEOUT_MS = 300.0
WAYS: dict[Way, str] = {
    "healthy": "healthy",
    "refuse": "refuses connections",
    "hang": "hangs",
    "slow": "answers after a second",
    "429": "answers 429",
    "half": "answers half of it",
    "cut": "cuts the connection in the middle of an answer",
}


@dataclass
class Spell:
    """The searches while it misbehaved in one way."""

    answered: int = 0
    """By a response, which is a 200."""
    said: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.opensearch.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--per-second", type=float, default=10)
    arguments = parser.parse_args()
    check_page(PAGE, [PART])
    source, spells = Source(bundle_of(DEMO)), dict[str, Spell]()
    queries = cycle(judged.query for judged in demo().queries)
    with opensearch() as upstream:
        publication(upstream).build(source.contents, source.model, replicas=0)
        with Proxy(upstream).running() as proxy:
            # A breaker that opens for long would hide from most searches what a fault does to one.
            chosen = settings(proxy.url, source, timeout_ms=TIMEOUT_MS)
            with searching(chosen) as service:
                ask = _asking(service, queries)
                for way, name in WAYS.items():
                    proxy.misbehave(way)
                    spells[name] = _spell(ask, arguments.seconds, arguments.per_second)
                    proxy.misbehave("healthy")
                    spells[f"healthy again, after: {name}"] = _spell(ask, chosen.opensearch.breaker_open_sec + 1, 4)
                    if way == "healthy":
                        del spells["healthy again, after: healthy"]
    table = Table(
        ("OpenSearch", "searches", "200", "reasons", "p50", "p99"), [_row(*one) for one in spells.items()], words=(0, 3)
    )
    terminal().print(table.printed())
    write_page(PAGE, {PART: f"{measured('make opensearch-chaos')}\n\n{table.markdown()}"})
    return 0 if all(spell.answered == len(spell.milliseconds) for spell in spells.values()) else 1


def _asking(service: SearchService, queries: Iterator[str]) -> Callable[[Spell], None]:
    def ask(spell: Spell) -> None:
        query, began = next(queries), time.perf_counter()
        said, answered = "", False
        try:
            said, answered = search(service, query).retrieval.reason or "complete", True
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
            said = type(error).__name__
        spell.milliseconds.append((time.perf_counter() - began) * 1000)
        spell.answered += answered
        spell.said[said] += 1

    return ask


def _spell(ask: Callable[[Spell], None], seconds: float, per_second: float) -> Spell:
    """Searches at a rate, one at a time: an environment has one in its hands."""
    spell, began = Spell(), time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        ask(spell)
        time.sleep(max(0.0, now + 1 / per_second - time.perf_counter()))
    return spell


def _row(name: str, spell: Spell) -> list[str]:
    count = len(spell.milliseconds)
    return [
        name,
        str(count),
        f"{spell.answered / count:.1%}",
        ", ".join(f"{reason} {times}" for reason, times in spell.said.most_common()),
        f"{statistics.median(spell.milliseconds):.0f} ms",
        f"{percentile(spell.milliseconds, 0.99):.0f} ms",
    ]


if __name__ == "__main__":
    sys.exit(main())
