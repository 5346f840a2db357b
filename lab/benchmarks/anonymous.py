"""The handler of this checkout against that of another one: an anonymous search, and one whose scores are cached.

Each checkout has a process, a bundle of its own builder, a Valkey and a SONA to itself; what they share is the
interpreter, the third-party packages, the queries and the format of events. They search in turn within each round.
"""

import contextlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER, listed
from lab.catalogues import described
from lab.environments.invocation import QUERIES, outcome, search_event
from lab.environments.process import environment_process
from lab.report.result import Comparison, Figure, Result
from lab.servers.bed import LASTING, bed
from lab.servers.orders import OrderedProcess
from lab.statistics.interleaving import Contestant, Samples, interleave, medians
from local.stack.processes import ROOT

TITLE = "The handler against another checkout"
ANONYMOUS, CACHED = "anonymous search", "search with all scores cached"
TARGETS = {ANONYMOUS: 0.5, CACHED: 0.55}
OURS, THEIRS = "this checkout", "the other checkout"
_WARM_UP = 3
"""Searches of each event: connections, the scores of the user, whatever else a first search makes."""


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue.

    Raises:
        ValueError: the plan names no other checkout.
    """
    if plan.against is None:
        raise ValueError("the benchmark needs another checkout: AGAINST=/path/to/checkout")
    return [
        _measure(plan, plan.against.checkout, ours, theirs)
        for ours, theirs in zip(plan.bundles, plan.against.bundles, strict=True)
    ]


class Side:
    """One checkout's environment; it holds an anonymous and a personalized event for each query."""

    def __init__(self, name: str, process: OrderedProcess) -> None:
        self._name = name
        self._process = process
        self._query = 0
        self.cpu: dict[str, list[list[float]]] = {ANONYMOUS: [], CACHED: []}
        """Seconds of processor time of each search, by block."""
        self.outcomes: Counter[str] = Counter()
        """Of the personalized searches: what their answers said."""

    @property
    def contestants(self) -> list[Contestant]:
        """The anonymous and the personalized search."""
        searches = {ANONYMOUS: self._search_anonymously, CACHED: self._search_cached}
        return [Contestant(f"{kind}, {self._name}", search, times_itself=True) for kind, search in searches.items()]

    def warm_up(self) -> None:
        """Search until all is cached.

        Raises:
            RuntimeError: a personalized search has not all scores from the cache even then, or no policy.
        """
        for _ in range(_WARM_UP):
            for event in range(2 * len(QUERIES)):
                self._process.ask(do="search", event=event)
        for event in range(len(QUERIES), 2 * len(QUERIES)):
            found = self._process.ask(do="search", event=event)["personalization"]
            if outcome(found) != "applied, cached" or found["policy_version"] == "default":
                raise RuntimeError(f"{self._name} is not warm: {found}")

    def begin(self, block: int) -> None:
        """Search for the next query from now on."""
        self._query = block % len(QUERIES)
        for blocks in self.cpu.values():
            blocks.append([])

    def _search_anonymously(self) -> float:
        return self._search(ANONYMOUS, self._query)[0]

    def _search_cached(self) -> float:
        seconds, personalization = self._search(CACHED, len(QUERIES) + self._query)
        self.outcomes[outcome(personalization)] += 1
        return seconds

    def _search(self, kind: str, event: int) -> tuple[float, dict[str, Any]]:
        answer = self._process.ask(do="search", event=event)
        self.cpu[kind][-1].append(answer["cpu_seconds"])
        return answer["seconds"], answer["personalization"]


@contextlib.contextmanager
def side(name: str, checkout: Path, bundle: Path, scratch: Path) -> Iterator[Side]:
    """Start a checkout's environment and its servers; it is warm when the block begins."""
    with bed(bundle, scratch) as own:
        token = own.issuer.sign(USER)
        events = [search_event(query, token) for token in (None, token) for query in QUERIES]
        variables = own.variables(personalization=LASTING, policy={"max_age_sec": LASTING["cache_ttl_sec"]})
        with environment_process(variables, events, checkout=checkout) as process:
            started = Side(name, process)
            started.warm_up()
            yield started


def _measure(plan: Plan, checkout: Path, bundle: Path, their_bundle: Path) -> Result:
    with (
        side(OURS, ROOT, bundle, plan.scratch / f"ours-{bundle.name}") as ours,
        side(THEIRS, checkout, their_bundle, plan.scratch / f"theirs-{bundle.name}") as theirs,
    ):

        def begin(block: int) -> None:
            ours.begin(block)
            theirs.begin(block)

        samples = interleave(
            # Both of a kind side by side, so that little time lies between the two that make a ratio.
            [one for pair in zip(ours.contestants, theirs.contestants, strict=True) for one in pair],
            blocks=plan.times(24, 4),
            rounds=plan.times(60, 10),
            before_block=begin,
        )
    return _result(samples, ours, theirs, described(bundle), _commit(checkout))


def _result(samples: Samples, ours: Side, theirs: Side, catalogue: str, commit: str) -> Result:
    def compared(kind: str) -> list[Comparison]:
        times = samples.p50(f"{kind}, {OURS}") / samples.p50(f"{kind}, {THEIRS}")
        processor = medians(ours.cpu[kind]) / medians(theirs.cpu[kind])
        return [
            Comparison.of(f"{kind}: this ÷ the other", times, target=TARGETS[kind]),
            Comparison.of("the same of processor time", processor),
        ]

    return Result(
        benchmark="anonymous",
        title=TITLE,
        catalogue=catalogue,
        figures=[Figure.of(name, samples.all(name)) for name in samples.blocks],
        comparisons=[comparison for kind in TARGETS for comparison in compared(kind)],
        noise=samples.noise,
        notes=[
            f"The other checkout is {commit}. Each has a process, a bundle, a Valkey and a SONA to itself.",
            "The times are taken in the process, around the handler. Processor time leaves out what other programs do "
            "meanwhile, and also what the handler waits for.",
            *(
                f"What the personalized answers of {name} said: {listed(one.outcomes)}."
                for name, one in ((OURS, ours), (THEIRS, theirs))
            ),
        ],
    )


def _commit(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return f"at commit {asked.stdout.strip()}" if asked.returncode == 0 else "of an unknown commit"
