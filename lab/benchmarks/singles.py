"""An engine without the batch endpoint: a hundred single requests, and how many of them the deadline lets in."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence

import aiohttp
import httpx

from discovery.resilience.breaker import CircuitBreaker
from discovery.sona.client import SonaClient
from discovery.sona.contract import SCORE_PATH, Score
from discovery.sona.http import JsonPoster
from discovery.statistics.percentiles import percentile
from lab.benchmarks.personalizing import Searches
from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER, WANTED_CANDIDATES, Search
from lab.catalogues import described
from lab.environments.inline import environment
from lab.report.result import MILLISECONDS, Comparison, Figure, Result
from lab.servers.bed import LASTING, bed
from lab.statistics.interleaving import Contestant, Samples, interleave

TITLE = "SONA without a batch endpoint: 100 single requests"
OURS, STOCK, PLAIN = "SonaClient.fetch", "httpx.AsyncClient, as it comes, gather", "aiohttp.ClientSession, gather"
SEARCH = "personalized search, whole"
_FOR_EVER = 3600.0


def run(plan: Plan) -> list[Result]:
    """Measure on the last catalogue alone: the requests are the same on any."""
    bundle = plan.bundles[-1]
    with (
        bed(bundle, plan.scratch, batch=False) as ours,
        environment(ours.settings(personalization=LASTING)) as here,
        asyncio.Runner() as runner,
    ):
        timeout_ms = here.service.settings.personalization.timeout_ms
        searches = Searches(ours, here)
        clients = _Clients(ours.sona_url, searches.window.content_ids, in_time_sec=timeout_ms / MILLISECONDS)

        def forget() -> None:
            searches.personalized.note()
            ours.invalidator.invalidate_user(USER)

        runner.run(clients.open())
        samples = interleave(
            [
                Contestant(OURS, lambda: runner.run(clients.ours())),
                Contestant(STOCK, lambda: runner.run(clients.stock())),
                Contestant(PLAIN, lambda: runner.run(clients.plain())),
                Contestant(SEARCH, searches.personalized, prepare=forget),
            ],
            blocks=plan.times(20, 3),
            rounds=plan.times(25, 6),
        )
        searches.personalized.note()
        runner.run(clients.close())
    return [_result(samples, clients.in_time, searches.personalized, timeout_ms, described(bundle))]


class _Clients:
    """Three ways to make a hundred requests at once, each with its connections kept."""

    def __init__(self, url: str, content_ids: Sequence[str], *, in_time_sec: float) -> None:
        self._url = url
        self._bodies = [{"user_id": USER, "content_id": content_id} for content_id in content_ids]
        self._content_ids = content_ids
        self._in_time_sec = in_time_sec
        self._open = contextlib.AsyncExitStack()
        self.in_time: list[int] = []
        """Of each hundred through our client, how many scores came in time."""

    async def open(self) -> None:
        """Make the clients, in the loop that they are used in."""
        # No deadline and no breaker here: it is the whole hundred that is timed.
        self._sona = SonaClient(
            JsonPoster.over_aiohttp(self._url, timeout_sec=_FOR_EVER),
            CircuitBreaker("Sona", failures=1_000_000, open_sec=1),
            batch_size=500,
            no_batch_retry_sec=_FOR_EVER,
            slow_after_sec=_FOR_EVER,
        )
        self._open.push_async_callback(self._sona.aclose)
        self._httpx = await self._open.enter_async_context(
            httpx.AsyncClient(base_url=self._url, timeout=_FOR_EVER, trust_env=False)
        )
        self._aiohttp = await self._open.enter_async_context(aiohttp.ClientSession(self._url))

    async def close(self) -> None:
        """Close them."""
        await self._open.aclose()

    async def ours(self) -> None:
        """As the function asks."""
        scores: dict[str, Score] = {}
        in_time = 0
        ends = time.perf_counter() + self._in_time_sec

        def received(some: Mapping[str, Score]) -> None:
            nonlocal in_time
            scores.update(some)
            in_time += len(some) if time.perf_counter() <= ends else 0

        await self._sona.fetch(USER, self._content_ids, received)
        self.in_time.append(in_time)
        if len(scores) != len(self._content_ids):
            raise RuntimeError(f"{len(scores)} of {len(self._content_ids)} scores")

    async def stock(self) -> None:
        """As the documentation of httpx has it."""
        answers = await asyncio.gather(*(self._httpx.post(SCORE_PATH, json=body) for body in self._bodies))
        for answer in answers:
            answer.raise_for_status().json()

    async def plain(self) -> None:
        """The least that aiohttp can do."""

        async def one(body: dict[str, str]) -> None:
            async with self._aiohttp.post(SCORE_PATH, json=body) as answer:
                answer.raise_for_status()
                await answer.json()

        await asyncio.gather(*(one(body) for body in self._bodies))


def _result(samples: Samples, in_time: Sequence[int], search: Search, timeout_ms: float, catalogue: str) -> Result:
    def ratio(of: str, to: str, name: str) -> Comparison:
        return Comparison.of(name, samples.p50(of) / samples.p50(to))

    slowest = samples.percentile(OURS, 0.95) * MILLISECONDS
    # In 95 of 100 fetches at least so many scores were there when the deadline would have struck.
    at_p95 = percentile(list(map(float, in_time)), 0.05)
    return Result(
        benchmark="singles",
        title=TITLE,
        catalogue=catalogue,
        figures=[Figure.of(name, samples.all(name)) for name in (OURS, STOCK, PLAIN, SEARCH)],
        comparisons=[
            Comparison.of("p95 of all 100 through SonaClient", slowest, unit="ms", target=timeout_ms),
            Comparison(
                f"scored of {WANTED_CANDIDATES} within {timeout_ms:g} ms, in 95 % of fetches at least",
                at_p95,
                at_p95,
                at_p95,
                unit="scores",
                target=WANTED_CANDIDATES,
                at_least=True,
            ),
            ratio(OURS, STOCK, "SonaClient ÷ httpx as it comes"),
            ratio(OURS, PLAIN, "SonaClient ÷ plain aiohttp"),
        ],
        noise=samples.noise,
        notes=[
            "The server is a Python process on the same machine: of each hundred requests it takes a good part itself.",
            f"The searches, each after an invalidation: {search.outcome_note()}.",
        ],
    )
