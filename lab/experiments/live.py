"""An experiment that goes through everything: the command line, the API, the events, the lake, and the analysis.

python -m lab.experiments.live [--people 400] [--searches 5] [--mode ab]

It starts a stack of its own, feeds SONA, creates and starts an experiment by `discovery experiment`, searches as people
over HTTP, posts what the click model makes of each page to POST /v1/events, and has `discovery experiment analyse` read
the lake. What the analysis counts must be what was done; the exit code is 1 where it is not.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from aiohttp import ClientSession, ClientTimeout

from lab.catalogues import bundle_of
from lab.experiments.clicks import MINUTES_PART, MINUTES_WHOLE, Appeal, Clicked, drawn
from lab.experiments.recorder import STATE, Recorder, rated_people, user_id
from lab.experiments.stack import private_stack
from lab.experiments.tastes import titles
from lab.ranking.ratings import FILMS, DataMissing, Person, data
from lab.ranking.themes import THEMES
from lab.report.table import Table
from lab.report.terminal import terminal
from local.stack.description import Description
from local.stack.issuer import Issuer

NAME = "live"
VARIANTS = {"control": 0.5, "high_boost": 0.5}
_AT_ONCE = 2
_LIVE_SECONDS, _LAKE_SECONDS = 5.0, 10.0
"""Until an edit is in force everywhere, and until everything is in the lake."""
_TOO_EARLY = 6
"""Exit code of an analysis that says why it can't be read yet: this experiment runs for minutes."""


@dataclass
class Done:
    """What people did, by variant and sum, and what the service said to the events."""

    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    people: set[tuple[str, str]] = field(default_factory=set)


class Visitors:
    """People who search and click."""

    def __init__(self, session: ClientSession, stack: Description, everybody: Sequence[Person]) -> None:
        self._session = session
        self._stack = stack
        self._everybody = everybody
        self._issuer = Issuer(STATE)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.done = Done()

    async def visit(self, number: int, searches: int) -> None:
        """Search so many times as a person, and report what is clicked on each page."""
        chance = np.random.default_rng([6, number])
        person = self._everybody[number % len(self._everybody)]
        headers = {"Authorization": f"Bearer {self._issuer.sign(user_id(person.name))}"}
        async with self._gate:
            for theme in chance.integers(0, len(THEMES), searches).tolist():
                await self._search(person, THEMES[theme], headers, chance)

    async def _search(
        self, person: Person, query: str, headers: Mapping[str, str], chance: np.random.Generator
    ) -> None:
        url = f"{self._stack.api_url}/v1/search"
        async with self._session.get(url, params={"query": query}, headers=headers) as response:
            response.raise_for_status()
            body = await response.json()
        ids = [result["content"]["id"] for result in body["results"]]
        kinds = titles([person], ids)[0][None]
        clicks = drawn(Appeal(*np.moveaxis(kinds, 2, 0)), np.zeros(1, dtype=np.intp), chance)
        variant = body["personalization"]["variant"] or "(default)"
        self.done.people.add((variant, person.name))
        self.done.sums[variant, "searches"] += 1
        self.done.sums[variant, "searches_clicked"] += len(clicks.rank) > 0
        self.done.sums[variant, "clicks"] += len(clicks.rank)
        self.done.sums[variant, "plays"] += int(clicks.played.sum())
        self.done.sums[variant, "completions"] += int(clicks.completed.sum())
        if events := events_of(body["search_id"], ids, clicks):
            await self._report(events, headers)

    async def _report(self, events: Sequence[Mapping[str, Any]], headers: Mapping[str, str]) -> None:
        url = f"{self._stack.api_url}/v1/events"
        async with self._session.post(url, json={"events": events}, headers=headers) as response:
            response.raise_for_status()
            answer = await response.json()
        for verdict in answer["events"]:
            self.done.verdicts[verdict["verdict"]] += 1
            self.done.joined[verdict["search"]] += 1


def events_of(search_id: str, ids: Sequence[str], clicks: Clicked) -> list[dict[str, Any]]:
    """What a client reports of one page: each click, and each play and its end, in UBI's schema."""
    events = []
    for rank, played, completed in zip(clicks.rank.tolist(), clicks.played, clicks.completed, strict=True):
        events.append(_event("click", search_id, ids[rank], rank + 1))
        if played:
            minutes = MINUTES_WHOLE if completed else MINUTES_PART
            events.append(_event("play", search_id, ids[rank], rank + 1, minutes))
        if completed:
            events.append(_event("complete", search_id, ids[rank], rank + 1, MINUTES_WHOLE))
    return events


def _event(action: str, search_id: str, content_id: str, ordinal: int, value: float | None = None) -> dict[str, Any]:
    attributes = {
        "event_id": uuid.uuid4().hex,
        "object": {"object_id": content_id},
        "position": {"ordinal": ordinal},
    } | ({} if value is None else {"value": value})
    return {
        "action_name": action,
        "query_id": search_id,
        "timestamp": datetime.now(UTC).isoformat(),
        "event_attributes": attributes,
    }


def operate(stack: Description, *arguments: str) -> tuple[int, str]:
    """Run `discovery` for a stack: its exit code, and what it printed.

    Raises:
        RuntimeError: it failed.
    """
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": stack.access_key_id,
        "AWS_SECRET_ACCESS_KEY": stack.secret_access_key,
        "AWS_DEFAULT_REGION": stack.region,
        "AWS_ENDPOINT_URL": stack.aws_endpoint_url,
    }
    command = [sys.executable, "-c", "from discovery_cli import main; main()", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, _TOO_EARLY):
        raise RuntimeError(f"discovery {' '.join(arguments)} ended with {ran.returncode}: {ran.stderr}")
    return ran.returncode, ran.stdout


async def lived(stack: Description, everybody: Sequence[Person], people: int, searches: int) -> Done:
    """Feed SONA, and have people search while the experiment runs."""
    async with ClientSession(timeout=ClientTimeout(total=60)) as session:
        await Recorder(session, stack, Issuer(STATE)).feed(everybody)
        visitors = Visitors(session, stack, everybody)
        await asyncio.gather(*(visitors.visit(number, searches) for number in range(people)))
        return visitors.done


def compared(done: Done, document: Mapping[str, Any]) -> Table:
    """What was done and what the analysis counted, by variant."""
    rows = []
    for variant in document["analysis"]["variants"]:
        name, values = variant["variant"], variant["values"]
        people = sum(who == name for who, _ in done.people)
        counts = {one: done.sums[name, one] for one in ("searches", "searches_clicked", "plays", "completions")}
        through = counts["searches_clicked"] / counts["searches"]
        expected = {
            "people": (people, variant["people"]),
            "searches": (counts["searches"] / people, values.get("searches")),
            "click_through": (through, values.get("click_through")),
            "plays": (counts["plays"] / people, values.get("plays")),
            "completions": (counts["completions"] / people, values.get("completions")),
        }
        for what, (own, analysed) in expected.items():
            same = analysed is not None and abs(own - analysed) < 1e-9  # noqa: PLR2004 - the same division
            rows.append((name, what, f"{own:.4f}", f"{analysed}", "met" if same else "missed"))
    return Table(
        ("variant", "", "done", "analysed", ""), rows, title="What was done, and what the lake says", words=(0, 1, 4)
    )


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.experiments.live")
    parser.add_argument("--people", type=int, default=400, help="visits, each of a person of the ratings in turn")
    parser.add_argument("--searches", type=int, default=5, help="of each visit")
    parser.add_argument("--mode", choices=("ab", "multileave"), default="ab")
    arguments = parser.parse_args()
    try:
        bundle = bundle_of(data() / FILMS)
    except DataMissing as missing:
        print(f"python -m lab.experiments.live {missing}", file=sys.stderr)
        return 2
    everybody = rated_people(bundle)
    console = terminal()
    with private_stack(bundle) as stack:
        shares = ",".join(f"{name}={share:g}" for name, share in VARIANTS.items())
        operate(stack, "experiment", "create", NAME, "--variants", shares, "--mode", arguments.mode, "--yes")
        operate(stack, "experiment", "start", NAME, "--yes")
        time.sleep(_LIVE_SECONDS)
        began = time.monotonic()
        done = asyncio.run(lived(stack, everybody, arguments.people, arguments.searches))
        seconds = time.monotonic() - began
        time.sleep(_LAKE_SECONDS)
        _, text = operate(stack, "experiment", "analyse", NAME, "--lake", stack.lake, "--json")
    document = json.loads(text)
    console.print(
        f"{sum(done.verdicts.values()):,} events in {seconds:.0f} s: {dict(done.verdicts)}, {dict(done.joined)}"
    )
    console.print(document["verdict"])
    if document["analysis"] is None:
        console.print_json(json.dumps({name: document[name] for name in ("by_clicks", "by_plays")}))
        return 0
    table = compared(done, document)
    console.print(table.printed())
    return 0 if all(row[-1] == "met" for row in table.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
