"""The cost of personalizing where every score is cached, against the bare round trip it can't do without."""

import asyncio
import dataclasses
import uuid
from collections.abc import Coroutine
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from discovery.personalization.blending import Candidates, blend
from discovery.personalization.score_cache import ScoreCache, scores_key
from discovery.policy.snapshot import POLICY_KEY
from discovery.valkey.client import AsyncValkey, Command
from discovery.valkey.connections import async_valkey
from lab.benchmarks import personalizing
from lab.benchmarks.personalizing import ANONYMOUS, PERSONALIZED, Searches
from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER
from lab.environments.inline import Environment, environment
from lab.report.result import MILLISECONDS, Comparison, Result
from lab.servers.bed import LASTING, Bed, bed
from lab.servers.scores import score_of
from lab.statistics.interleaving import Contestant, Samples, interleave

TITLE = "Cost of personalizing, all 100 scores cached"
BARE = "bare redis-py GET + HMGET"
FIRST_TIME = "verifying a token for the first time"
TOKEN, LOOP, TRIP, READ, BLEND = "token", "event loop", "round trip", "cache read", "blend"
_GENERATION = 0
_PATIENCE_MS = 10_000


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue."""
    return [_measure(plan, bundle) for bundle in plan.bundles]


def _measure(plan: Plan, bundle: Path) -> Result:
    with (
        bed(bundle, plan.scratch) as ours,
        environment(ours.settings(personalization=LASTING)) as here,
        redis.Redis.from_url(ours.valkey_url) as client,
    ):
        race = _Race(ours, here, client)
        samples = interleave(
            race.contestants,
            blocks=plan.times(24, 4),
            rounds=plan.times(100, 15),
            before_block=race.choose,
        )
        race.close()
    return _result(samples, race, bundle)


class _Recorder(AsyncValkey):
    """Passes commands on to a client, and remembers them."""

    def __init__(self, client: AsyncValkey) -> None:
        self._client = client
        self.commands: tuple[Command, ...] = ()

    async def ask(self, *commands: Command) -> list[Any]:
        """As the client's."""
        self.commands = commands
        return await self._client.ask(*commands)


class _Race:
    """The searches, and what they do for the person, part by part."""

    def __init__(self, ours: Bed, here: Environment, client: redis.Redis) -> None:
        self._issuer = ours.issuer
        self._client = client
        self._service = here.service
        self._user = ours.user(USER)
        # The parts are to be measured whole, however late a busy machine is with them.
        self._asynchronous = async_valkey(ours.settings(cache={"timeout_ms": _PATIENCE_MS}).cache)
        self._recorder = _Recorder(self._asynchronous)
        self._cache = ScoreCache(self._recorder, ttl_sec=300, max_scores=5000)
        self.searches = Searches(ours, here)
        self._fresh_token = self.searches.token
        self.choose(0)

    @property
    def contestants(self) -> list[Contestant]:
        """The three of the ratio, then the parts."""
        searches = self.searches
        return [
            Contestant(ANONYMOUS, searches.anonymous),
            Contestant(PERSONALIZED, searches.personalized, prepare=searches.personalized.note),
            Contestant(BARE, self._bare),
            Contestant(TOKEN, lambda: self._verify(searches.token)),
            Contestant(FIRST_TIME, lambda: self._verify(self._fresh_token), prepare=self._sign),
            Contestant(LOOP, lambda: self._run(asyncio.sleep(0))),
            Contestant(TRIP, lambda: self._run(self._trip())),
            Contestant(READ, lambda: self._run(self._read())),
            Contestant(BLEND, self._blend),
        ]

    def choose(self, block: int) -> None:
        """Take the next query."""
        self.searches.choose(block)
        self._content_ids = self.searches.window.content_ids
        self._run(self._read())  # so that the recorder has this query's commands
        relevance = np.array([1 - rank / 100 for rank in range(len(self._content_ids))])
        self._candidates = Candidates(self._content_ids, relevance)
        self._scores = {content_id: score_of(USER, content_id) for content_id in self._content_ids}

    def close(self) -> None:
        """Close what is not the bed's own."""
        self._run(self._asynchronous.aclose())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._service.runner.run(work)

    def _bare(self) -> None:
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.get(POLICY_KEY)
            pipeline.hmget(scores_key(self._user, _GENERATION), self._content_ids)
            pipeline.execute()

    def _verify(self, token: str) -> None:
        self._service.authenticator.authenticate(f"Bearer {token}")

    def _sign(self) -> None:
        self._fresh_token = self._issuer.sign(USER, jti=uuid.uuid4().hex)

    async def _trip(self) -> None:
        """What `ScoreCache.read` sends, without encoding the one or decoding the other."""
        await self._asynchronous.ask(*self._recorder.commands)

    async def _read(self) -> None:
        await self._cache.read(self._user, _GENERATION, self._content_ids)

    def _blend(self) -> None:
        blend(self._candidates, self._scores, 0.25)


def parts(samples: Samples) -> dict[str, NDArray[np.float64]]:
    """Where the difference of each block goes, in seconds; what no part explains is `the rest`."""
    p50 = {name: samples.p50(name) for name in samples.blocks}
    known = {
        "token": p50[TOKEN],
        "Valkey round trip": p50[TRIP] - p50[LOOP],
        "encoding, decoding": p50[READ] - p50[TRIP],
        "blend": p50[BLEND],
    }
    return known | {"the rest": personalizing.difference(samples) - np.sum(list(known.values()), axis=0)}


def _result(samples: Samples, race: _Race, bundle: Path) -> Result:
    details = [
        Comparison.of(f"of it: {name}", seconds * MILLISECONDS, unit="ms") for name, seconds in parts(samples).items()
    ]
    notes = [
        "The bare client is redis-py's synchronous one, as it comes, over the same ids and values in one pipeline.",
        "The token was verified before, as of somebody who searches twice within a minute; the last line of the "
        "first table is what the first time costs.",
        f"The personalized answers: {race.searches.personalized.outcome_note()}.",
    ]
    found = personalizing.result(
        "cached", TITLE, bundle, samples, bare=BARE, request="bare GET + HMGET", more_figures=[FIRST_TIME], notes=notes
    )
    drawn = {
        "parts": dict(zip(parts(samples), (detail.value for detail in details), strict=True)),
        "bare": median(samples.p50(BARE)) * MILLISECONDS,
    }
    return dataclasses.replace(found, comparisons=[*found.comparisons, *details], series={**found.series, **drawn})
