"""The cost of personalizing where every score is cached, against the bare round trip it can't do without."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from discovery.composition import SearchService
from discovery.personalization.blending import blend
from discovery.personalization.score_cache import ScoreCache, scores_key
from discovery.policy.snapshot import POLICY_KEY
from discovery.valkey.client import AsyncValkey, Command
from discovery.valkey.connections import async_valkey
from lab.bench.bed import GENERATION, USER, Bed, Window, bed
from lab.bench.catalogues import described
from lab.bench.interleaving import Contestant, Samples, interleave
from lab.bench.plan import Plan
from lab.bench.result import MILLISECONDS, Comparison, Figure, Result
from lab.bench.score_server import scored
from lab.bench.searches import Handler, Search
from lab.bench.statistics import over_blocks

TITLE = "Cost of personalizing, all 100 scores cached"
TARGET = 3.0
_PATIENCE_MS = 10_000
ANONYMOUS, PERSONALISED, BARE = "anonymous search", "personalized search", "bare redis-py GET + HMGET"
FIRST_TIME = "verifying a token for the first time"
TOKEN, LOOP, TRIP, READ, BLEND = "token", "event loop", "round trip", "cache read", "blend"


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue."""
    return [_measure(plan, bundle) for bundle in plan.bundles]


def _measure(plan: Plan, bundle: Path) -> Result:
    with bed(bundle, plan.scratch) as ours, ours.handler() as (service, handler):
        race = _Race(ours, service, handler)
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
    """What is measured against each other; each block is of one query."""

    def __init__(self, ours: Bed, service: SearchService, handler: Handler) -> None:
        self._bed = ours
        self._service = service
        self._windows = ours.windows(handler, 8)
        # The parts are to be measured whole, however late a busy machine is with them.
        patient = ours.settings.cache.model_copy(update={"timeout_ms": _PATIENCE_MS})
        self._asynchronous = async_valkey(patient)
        self._recorder = _Recorder(self._asynchronous)
        self._cache = ScoreCache(self._recorder, ttl_sec=300, max_scores=5000)
        self.anonymous = Search(handler, ours.events(self._windows, personalized=False))
        self.personalized = Search(handler, ours.events(self._windows, personalized=True))
        self._fresh_token = ours.token
        self.choose(0)

    @property
    def contestants(self) -> list[Contestant]:
        """The three of the ratio, then the parts."""
        return [
            Contestant(ANONYMOUS, self.anonymous),
            Contestant(PERSONALISED, self.personalized, prepare=self.personalized.note),
            Contestant(BARE, self._bare),
            Contestant(TOKEN, self._token),
            Contestant(FIRST_TIME, self._first_token, prepare=self._sign),
            Contestant(LOOP, lambda: self._run(asyncio.sleep(0))),
            Contestant(TRIP, lambda: self._run(self._trip())),
            Contestant(READ, lambda: self._run(self._read())),
            Contestant(BLEND, self._blend),
        ]

    def choose(self, block: int) -> None:
        """Take the next query."""
        place = block % len(self._windows)
        self.anonymous.chosen = self.personalized.chosen = place
        self._window: Window = self._windows[place]
        self._run(self._read())  # so that the recorder has this query's commands
        self._relevance = [1 - rank / 100 for rank in range(len(self._window.content_ids))]
        self._scores = {content_id: scored(USER, content_id)["score"] for content_id in self._window.content_ids}

    def close(self) -> None:
        """Close what is not the bed's own."""
        self._run(self._asynchronous.aclose())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._service.runner.run(work)

    def _bare(self) -> None:
        with self._bed.valkey.pipeline(transaction=False) as pipeline:
            pipeline.get(POLICY_KEY)
            pipeline.hmget(scores_key(self._bed.user, GENERATION), self._window.content_ids)
            pipeline.execute()

    def _token(self) -> None:
        self._service.authenticator.authenticate(f"Bearer {self._bed.token}")

    def _sign(self) -> None:
        self._fresh_token = self._bed.sign()

    def _first_token(self) -> None:
        self._service.authenticator.authenticate(f"Bearer {self._fresh_token}")

    async def _trip(self) -> None:
        """What `ScoreCache.read` sends, without encoding the one or decoding the other."""
        await self._asynchronous.ask(*self._recorder.commands)

    async def _read(self) -> None:
        await self._cache.read(self._bed.user, GENERATION, self._window.content_ids)

    def _blend(self) -> None:
        blend(self._window.content_ids, self._relevance, self._scores, 0.25)


def parts(samples: Samples, block: int) -> dict[str, float]:
    """Where the difference of a block goes, in seconds; what no part explains is `the rest`."""
    p50 = {name: samples.p50(name, block) for name in samples.blocks}
    known = {
        "token": p50[TOKEN],
        "Valkey round trip": p50[TRIP] - p50[LOOP],
        "encoding, decoding": p50[READ] - p50[TRIP],
        "blend": p50[BLEND],
    }
    return known | {"the rest": p50[PERSONALISED] - p50[ANONYMOUS] - sum(known.values())}


def _result(samples: Samples, race: _Race, bundle: Path) -> Result:
    def difference(block: int) -> float:
        return samples.p50(PERSONALISED, block) - samples.p50(ANONYMOUS, block)

    shares = {
        name: over_blocks(lambda block, name=name: parts(samples, block)[name] * MILLISECONDS, samples.count)  # type: ignore[misc]
        for name in parts(samples, 0)
    }
    ratio = over_blocks(lambda block: difference(block) / samples.p50(BARE, block), samples.count)
    cost = over_blocks(lambda block: difference(block) * MILLISECONDS, samples.count)
    return Result(
        benchmark="cached",
        title=TITLE,
        catalogue=described(bundle),
        figures=[Figure.of(name, samples.all(name)) for name in (ANONYMOUS, PERSONALISED, BARE, FIRST_TIME)],
        comparisons=[
            Comparison.of("(personalized − anonymous) ÷ bare GET + HMGET", ratio, target=TARGET),
            Comparison.of("personalized − anonymous", cost, unit="ms"),
            *(Comparison.of(f"of it: {name}", interval, unit="ms") for name, interval in shares.items()),
        ],
        noise=samples.noise,
        notes=[
            "The bare client is redis-py's synchronous one, as it comes, over the same ids and values in one pipeline.",
            "The token was verified before, as of somebody who searches twice within a minute; the last line of the "
            "first table is what the first time costs.",
            f"The personalized answers: {race.personalized.outcome_note()}.",
        ],
        series={
            "parts": {name: interval.value for name, interval in shares.items()},
            "bare": over_blocks(lambda block: samples.p50(BARE, block) * MILLISECONDS, samples.count).value,
            "latencies": {
                name: [seconds * MILLISECONDS for seconds in sorted(samples.all(name))]
                for name in (ANONYMOUS, PERSONALISED)
            },
        },
    )
