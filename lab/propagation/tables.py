"""What was measured: two tables, with what was promised beside it, and notes."""

from collections.abc import Callable
from dataclasses import dataclass

from discovery.policy.snapshot import SNAPSHOT_SHARE
from discovery.settings.personalization import PersonalizationSettings
from discovery.statistics.percentiles import percentile
from lab.propagation.edits import PERIOD, Edits
from lab.propagation.fleet import ENVIRONMENTS, MAX_AGE
from lab.propagation.load import PER_SECOND, SSM_SECONDS, Load
from lab.report.table import Table

DELIVERED_TARGET = 2.0
"""Seconds, for the 99th percentile."""

DEADLINE_MS = PersonalizationSettings().timeout_ms

_MINUTE = 60.0
_NONE = "–"


@dataclass(frozen=True)
class Results:
    """One run."""

    max_age: float
    edits: Edits
    with_valkey: Load
    without_valkey: Load

    @property
    def broken(self) -> list[str]:
        """What must never be, however slow the machine."""
        loads = (self.with_valkey, self.without_valkey)
        counts = {
            "answers other than 200": self.edits.failures + sum(load.failures for load in loads),
            "answers with an older policy after the new one": self.edits.relapses,
            "searches that waited for SSM": sum(len(load.waited) for load in loads),
        }
        return [f"{count} {name}" for name, count in counts.items() if count]


def markdown(results: Results, circumstances: str) -> str:
    """What the page says of a run."""
    parts = [circumstances]
    for table in (edits_table(results), load_table(results)):
        parts += [f"**{table.title}**", table.markdown()]
    return "\n\n".join([*parts, _notes(results)])


def edits_table(results: Results) -> Table:
    """Seconds from the answer of PutParameter to the last environment's first answer with the new policy."""
    delivered, lost = results.edits.delivered, results.edits.lost
    p99 = percentile(delivered, 0.99)
    spread = (_seconds(percentile(delivered, 0.5)), _seconds(percentile(delivered, 0.95)), _seconds(p99))
    target, verdict = f"p99 ≤ {DELIVERED_TARGET:g} s", _verdict(p99 <= DELIVERED_TARGET)
    rows = [("event delivered", *spread, _seconds(max(delivered)), str(len(delivered)), target, verdict)]
    for name, seconds in lost.items():
        target, verdict = f"≤ {results.max_age:g} s", _verdict(seconds <= results.max_age)
        rows.append((f"event lost, edit {name}", _NONE, _NONE, _NONE, _seconds(seconds), "1", target, verdict))
    header = (f"until all {ENVIRONMENTS} environments answer with it", "p50", "p95", "p99", "longest", "edits", "", "")
    return Table(header, rows, title="From an edit to its effect", words=(0, 6, 7))


def load_table(results: Results) -> Table:
    """Readings of the policy, and what searches felt of them."""
    loads = (results.with_valkey, results.without_valkey)

    def row(name: str, of: Callable[[Load], object], target: str = "", verdict: str = "") -> tuple[str, ...]:
        return (name, *(str(of(load)) for load in loads), target, verdict)

    def promise(name: str, of: Callable[[Load], float], most: float) -> tuple[str, ...]:
        verdict = _verdict(all(of(load) <= most for load in loads))
        return row(name, lambda load: f"{of(load):.3g}", f"≤ {most:g}", verdict)

    life = results.max_age  # a quick run's policies grow old sooner, and are read more often
    every = "a minute" if life == MAX_AGE else f"in {life:g} s"
    rows = (
        row("searches", lambda load: len(load.searches)),
        promise("answers other than 200", lambda load: load.failures, 0),
        row("GetParametersByPath calls", lambda load: len(load.calls)),
        row("of each environment", lambda load: ", ".join(map(str, load.calls_by_environment.values()))),
        promise(f"{every}, by the one that made most", lambda load: load.most_calls / load.seconds * life, 1),
        row("shortest time between two of one environment", lambda load: _seconds(load.shortest_interval)),
        row("searches answered while the environment's own call was under way", lambda load: len(load.meanwhile)),
        promise("searches that waited for SSM", lambda load: len(load.waited), 0),
        row("longest search, ms", lambda load: round(load.longest_ms)),
        row("personalization, p99 and longest, ms", _personalization),
        promise(f"personalization past its {DEADLINE_MS:g} ms", _late, 0),
    )
    title = (
        f"{results.with_valkey.seconds / _MINUTE:g} minutes each of {PER_SECOND:g} searches a second over "
        f"{ENVIRONMENTS} environments, SSM taking {SSM_SECONDS:g} s to answer"
    )
    return Table(("", "Valkey up", "Valkey down", "target", ""), rows, title=title, words=(0, 4))


def _personalization(load: Load) -> str:
    taken = [answer.elapsed_ms for answer in load.searches]
    return f"{percentile(taken, 0.99):.1f}, {max(taken):.1f}"


def _late(load: Load) -> int:
    return sum(answer.elapsed_ms > DEADLINE_MS for answer in load.searches)


def _seconds(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f} s"


def _verdict(kept: bool) -> str:
    return "met" if kept else "missed"


def _notes(results: Results) -> str:
    age = f"{results.max_age * SNAPSHOT_SHARE:g} s"
    return "\n".join(
        [
            "- Seconds from the answer of PutParameter until the last environment answered a personalized search with"
            f" the new `policy_version`; each searches every {PERIOD:g} s, which is part of the figure.",
            f"- What bounds a lost event: the snapshot in Valkey ends {age} after its reading began. The next search of"
            " any environment then reads Parameter Store, beside the search, and every environment has the result with"
            f" its next search. So an edit takes at the most {age}, one reading, and the time between two searches.",
            f"- Searches {results.edits.searches}, of those answered other than 200: {results.edits.failures}; answered"
            f" with an older policy after the new one: {results.edits.relapses}.",
            "- A search waited for SSM if it began before a call of its environment and ended after it.",
            "- What this machine can't show: EventBridge's own delivery time; and Lambda freezes an environment between"
            " two searches, so that a reading begun beside one search goes on with the next.",
        ]
    )
