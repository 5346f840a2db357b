"""Records the pages of a stack over HTTP.

python -m lab.experiments.recorder [--people 213] [--port 8080]

Without `--port` it starts a stack of its own. What is known of everybody goes to SONA as viewing events; once it has
learned from them, every person searches every theme under each of the five weights, two searches at a time.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from aiohttp import ClientSession, ClientTimeout, TCPConnector

from discovery.catalogue.bundle import open_catalogue
from discovery.policy.policy import DEFAULT_VARIANTS
from discovery.sona.contract import UPDATE_PATH
from lab.catalogues import bundle_of
from lab.experiments.recording import NOTHING, PAGE_SIZE, Recording
from lab.experiments.stack import private_stack
from lab.ranking.ratings import FILMS, DataMissing, Film, Person, data, people
from lab.ranking.themes import THEMES
from local.stack.description import Description
from local.stack.folders import find
from local.stack.issuer import Issuer
from local.stack.processes import ROOT
from sona.api.routes import HEALTH_PATH

STATE = ROOT / ".local"
FILE = STATE / "experiments" / "recording.npz"
_AT_ONCE = 2
_PEOPLE_AT_ONCE = 10
"""Between two recordings of what there is so far."""
_EVENTS = 500
"""Of one update."""
_LEARNED_WITHIN = 300.0
_TRIES = 4
"""Of one search, until it has all its scores."""


class Answered(NamedTuple):
    """What is kept of a response."""

    ids: list[str]
    milliseconds: float
    personalized: bool
    search_id: str


class Recorder:
    """Asks a stack as people."""

    def __init__(self, session: ClientSession, stack: Description, issuer: Issuer) -> None:
        self._session = session
        self._stack = stack
        self._issuer = issuer
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def feed(self, everybody: Sequence[Person]) -> None:
        """Send what is known of everybody to SONA, and wait until it has learned from all of them.

        Raises:
            TimeoutError: it has not, in time.
        """
        for person in everybody:
            events = [event.model_dump(mode="json") for event in person.events()]
            for start in range(0, len(events), _EVENTS):
                body = {"user_id": user_id(person.name), "events": events[start : start + _EVENTS]}
                headers = {"Authorization": f"Bearer {self._stack.sona_token}"}
                url = f"{self._stack.sona_url}{UPDATE_PATH}"
                async with self._session.post(url, json=body, headers=headers) as response:
                    response.raise_for_status()
        deadline = time.monotonic() + _LEARNED_WITHIN
        while (await self._learned_from()) < len(everybody):
            if time.monotonic() > deadline:
                raise TimeoutError(f"SONA has not learned from {len(everybody)} people in {_LEARNED_WITHIN:g} s")
            await asyncio.sleep(1)

    async def record(self, everybody: Sequence[Person], queries: Sequence[str]) -> AsyncIterator[Recording]:
        """Search as everybody under every weight; yields what is recorded so far, now and then."""
        variants = sorted(DEFAULT_VARIANTS, key=lambda name: DEFAULT_VARIANTS[name])
        answers: list[Answered] = []
        for start in range(0, len(everybody), _PEOPLE_AT_ONCE):
            tokens = [self._issuer.sign(user_id(one.name)) for one in everybody[start : start + _PEOPLE_AT_ONCE]]
            asked = itertools.product(tokens, queries, variants)
            answers += await asyncio.gather(*(self._search(token, query, name) for token, query, name in asked))
            yield _recording(everybody[: start + len(tokens)], queries, variants, answers)

    async def _search(self, token: str, query: str, variant: str) -> Answered:
        parameters = {"query": query, "page_size": str(PAGE_SIZE), "experiment_variant": variant}
        answered = None
        for _ in range(_TRIES):
            async with (
                self._gate,
                self._session.get(
                    f"{self._stack.api_url}/v1/search",
                    params=parameters,
                    headers={"Authorization": f"Bearer {token}"},
                ) as response,
            ):
                response.raise_for_status()
                answered = _kept(await response.json(), variant)
            if answered.personalized:
                break
        if answered is None:
            raise ValueError("a search needs a try")
        return answered

    async def _learned_from(self) -> int:
        async with self._session.get(f"{self._stack.sona_url}{HEALTH_PATH}") as response:
            return int((await response.json())["people"])


def _recording(
    everybody: Sequence[Person], queries: Sequence[str], variants: Sequence[str], answers: Sequence[Answered]
) -> Recording:
    """Of answers in order of people, queries and variants."""
    ids = sorted({content_id for answer in answers for content_id in answer.ids})
    place = {content_id: number for number, content_id in enumerate(ids)}
    shape = (len(everybody), len(queries), len(variants))
    pages = np.full((len(answers), PAGE_SIZE), NOTHING, dtype=np.int32)
    for row, answer in zip(pages, answers, strict=True):
        row[: len(answer.ids)] = [place[content_id] for content_id in answer.ids]
    return Recording(
        people=tuple(person.name for person in everybody),
        queries=tuple(queries),
        variants=tuple(variants),
        weights=np.array([DEFAULT_VARIANTS[name] for name in variants]),
        ids=tuple(ids),
        pages=pages.reshape(*shape, PAGE_SIZE),
        milliseconds=np.array([answer.milliseconds for answer in answers], dtype=np.float32).reshape(shape),
        personalized=np.array([answer.personalized for answer in answers]).reshape(shape),
        search_ids=np.array([answer.search_id for answer in answers]).reshape(shape),
    )


def spread(everybody: Sequence[Person]) -> list[Person]:
    """The same people in an order of which each beginning is a fair sample, wherever a recording is stopped."""
    order = np.random.default_rng(0).permutation(len(everybody))
    return [everybody[place] for place in order]


def user_id(person: str) -> str:
    """The user id of a person of the ratings."""
    return f"rated-{person}"


def _kept(body: dict[str, Any], variant: str) -> Answered:
    summary = body["personalization"]
    if summary["variant"] != variant:
        raise ValueError(f"the stack searched under {summary['variant']}, not under {variant}")
    personalized = summary["status"] == "applied" or summary["weight"] == 0
    ids = [result["content"]["id"] for result in body["results"]]
    return Answered(ids, body["search_time_ms"], personalized, body["search_id"])


def rated_people(bundle: Path) -> list[Person]:
    """Everybody of the shared ratings with enough likes, with the ids of a bundle.

    Raises:
        DataMissing: the shared data are not at hand.
    """
    catalogue = open_catalogue(bundle)
    ids: dict[Film, str] = {
        (content.title, content.release_year or 0): content.id for content in catalogue.contents(range(catalogue.size))
    }
    return people(data(), ids)


async def recorded(
    stack: Description, everybody: Sequence[Person], measured: Sequence[Person], queries: Sequence[str] = THEMES
) -> Recording:
    """Feed a stack with everybody, and record it as those who are measured; the file is written on the way, too."""
    async with ClientSession(timeout=ClientTimeout(total=60), connector=TCPConnector(limit=0)) as session:
        recorder = Recorder(session, stack, Issuer(STATE))
        await recorder.feed(everybody)
        async for recording in recorder.record(measured, queries):
            recording.save(FILE)
    return recording


def main() -> int:
    """Record; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.experiments.recorder")
    parser.add_argument("--people", type=int, help="who search; by default everybody who is fed")
    parser.add_argument("--port", type=int, help="of a stack that runs; without it one is started")
    arguments = parser.parse_args()
    try:
        bundle = bundle_of(data() / FILMS)
    except DataMissing as missing:
        print(f"python -m lab.experiments.recorder {missing}", file=sys.stderr)
        return 2
    everybody = rated_people(bundle)
    measured = spread(everybody)[: arguments.people]
    with ExitStack() as opened:
        stack = find(STATE, arguments.port) if arguments.port else opened.enter_context(private_stack(bundle))
        began = time.monotonic()
        recording = asyncio.run(recorded(stack, everybody, measured))
    seconds = time.monotonic() - began
    whole = recording.personalized.mean()
    print(f"{recording.milliseconds.size:,} searches of {len(measured)} people in {seconds:.0f} s; {whole:.2%} whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
