"""The cost of personalizing where no score is cached, against the bare request to SONA that it can't do without."""

from pathlib import Path

import httpx

from discovery.sona.contract import SCORES_PATH
from lab.bench.bed import USER, Bed, bed
from lab.bench.catalogues import described
from lab.bench.interleaving import Contestant, Samples, interleave
from lab.bench.plan import Plan
from lab.bench.result import MILLISECONDS, Comparison, Figure, Result
from lab.bench.searches import Handler, Search
from lab.bench.statistics import over_blocks

TITLE = "Cost of personalizing, no score cached, SONA in one batch"
TARGET = 3.0
ANONYMOUS, PERSONALISED, BARE = "anonymous search", "personalized search", "bare httpx.Client POST"


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue."""
    return [_measure(plan, bundle) for bundle in plan.bundles]


def _measure(plan: Plan, bundle: Path) -> Result:
    with bed(bundle, plan.scratch) as ours, ours.handler() as (_, handler), _http(ours) as client:
        race = _Race(ours, handler, client)
        samples = interleave(
            race.contestants,
            blocks=plan.times(24, 4),
            rounds=plan.times(60, 15),
            before_block=race.choose,
        )
    return _result(samples, race, bundle)


def _http(ours: Bed) -> httpx.Client:
    return httpx.Client(base_url=ours.settings.personalization.sona_url, trust_env=False)


class _Race:
    """What is measured against each other; each block is of one query."""

    def __init__(self, ours: Bed, handler: Handler, client: httpx.Client) -> None:
        self._bed = ours
        self._client = client
        self._windows = ours.windows(handler, 8)
        self.anonymous = Search(handler, ours.events(self._windows, personalized=False))
        self.personalized = Search(handler, ours.events(self._windows, personalized=True))
        self.choose(0)

    @property
    def contestants(self) -> list[Contestant]:
        """The three of the ratio."""
        return [
            Contestant(ANONYMOUS, self.anonymous),
            Contestant(PERSONALISED, self.personalized, prepare=self._invalidate),
            Contestant(BARE, self._post),
        ]

    def choose(self, block: int) -> None:
        """Take the next query."""
        place = block % len(self._windows)
        self.anonymous.chosen = self.personalized.chosen = place
        self._content_ids = self._windows[place].content_ids

    def _invalidate(self) -> None:
        """Forget the user's scores, outside what is timed."""
        self.personalized.note()
        self._bed.invalidate()

    def _post(self) -> None:
        body = {"user_id": USER, "content_ids": self._content_ids}
        self._client.post(SCORES_PATH, json=body).raise_for_status()


def _result(samples: Samples, race: _Race, bundle: Path) -> Result:
    def difference(block: int) -> float:
        return samples.p50(PERSONALISED, block) - samples.p50(ANONYMOUS, block)

    ratio = over_blocks(lambda block: difference(block) / samples.p50(BARE, block), samples.count)
    cost = over_blocks(lambda block: difference(block) * MILLISECONDS, samples.count)
    return Result(
        benchmark="uncached",
        title=TITLE,
        catalogue=described(bundle),
        figures=[Figure.of(name, samples.all(name)) for name in (ANONYMOUS, PERSONALISED, BARE)],
        comparisons=[
            Comparison.of("(personalized − anonymous) ÷ bare POST", ratio, target=TARGET),
            Comparison.of("personalized − anonymous", cost, unit="ms"),
        ],
        noise=samples.noise,
        notes=[
            "The difference holds two round trips to Valkey, reading and compare-and-set, besides the request itself.",
            "The server does next to nothing for a score, which makes the bare request as cheap as it can be.",
            f"The personalized answers: {race.personalized.outcome_note()}.",
        ],
        series={
            "latencies": {
                name: [seconds * MILLISECONDS for seconds in sorted(samples.all(name))]
                for name in (ANONYMOUS, PERSONALISED)
            },
        },
    )
