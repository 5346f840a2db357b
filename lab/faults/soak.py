"""`make soak`: a steady load on one environment for minutes, with every fault switched on and off in turn.

Meanwhile users' profiles change and are invalidated, and each explained score is checked against the version that it
must be of. A failure is an answer other than 200, a score that is wrong or stale, or a descriptor that leaks.
"""

import argparse
import dataclasses
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import cycle
from pathlib import Path

from rich.console import Console

from lab.catalogues import DEMO, bundle_of
from lab.environments.inline import Environment, environment
from lab.environments.invocation import QUERIES
from lab.faults.fault import FAULTS
from lab.faults.footprint import Footprint, slope
from lab.faults.outcome import Outcome
from lab.faults.rig import Rig, rig
from lab.report.circumstances import measured
from lab.report.table import Table
from lab.servers.bed import Bed, share_policy
from lab.servers.scores import wrong_scores
from local.stack.issuer import Issuer
from local.stack.processes import ROOT, valkey

_USERS = [f"soaker-{number}" for number in range(20)]
SPELL_SECONDS = 10.0
"""Of a fault, and of health after it; ten minutes hold every fault once."""
SAMPLE_SECONDS = 10.0
UPDATE_EVERY = 10
"""Searches from one change of a profile to the next."""
POLICY_SECONDS = 30.0
WARM_UP_SHARE = 0.2
"""Of the time: what is filled then, as caches and pools are, is no leak."""
SPARE_DESCRIPTORS = 3
"""More at the end than after the warm-up: a reconnection, a policy read."""


@dataclass
class Soak:
    """What was seen."""

    statuses: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    footprints: list[Footprint] = field(default_factory=list)
    wrong_scores: int = 0
    updates: int = 0
    spells: int = 0

    @property
    def settled(self) -> list[Footprint]:
        """The samples after the warm-up; the very first is from before any search, and never among them."""
        return self.footprints[max(1, int(len(self.footprints) * WARM_UP_SHARE)) :]

    @property
    def failures(self) -> list[str]:
        """What was promised and not kept."""
        found = [
            f"{count} answers of status {status}" for status, count in self.statuses.items() if status != HTTPStatus.OK
        ]
        found += [f"{self.wrong_scores} wrong or stale scores"] if self.wrong_scores else []
        first, last = self.settled[0].descriptors, self.settled[-1].descriptors
        found += [f"descriptors grew from {first} to {last}"] if last > first + SPARE_DESCRIPTORS else []
        return found


class Load:
    """Searches, profile updates and faults, by the clock; samples what this process holds."""

    def __init__(self, env: Environment, broken: Rig, healthy: Bed, console: Console) -> None:
        self._env = env
        self._rig = broken
        self._bed = healthy
        self._console = console
        self._tokens = {user: healthy.issuer.sign(user) for user in _USERS}
        self._versions: Counter[str] = Counter()
        self._faults = cycle([(target, fault) for target, faults in FAULTS.items() for fault in faults])
        self._soak = Soak()

    def run(self, minutes: float, per_second: float) -> Soak:
        """Keep it up; a search that is late is not made up for, so that the load stays bounded."""
        began = time.monotonic()
        spells, samples, policies = (ticks(began, period) for period in (SPELL_SECONDS, SAMPLE_SECONDS, POLICY_SECONDS))
        number = 0
        while (now := time.monotonic()) < began + minutes * 60:
            if next(policies):
                share_policy(self._bed.valkey_url)
            if next(spells):
                self._turn()
            if next(samples):
                self._sample((now - began) / 60)
            self._search(number)
            number += 1
            time.sleep(max(0.0, now + 1 / per_second - time.monotonic()))
        self._rig.heal()
        self._sample(minutes)
        return self._soak

    def _search(self, number: int) -> None:
        user = _USERS[number % len(_USERS)]
        if number % UPDATE_EVERY == 0:
            self._versions[user] = self._rig.update(user)
            self._bed.invalidator.invalidate_user(user)
            self._soak.updates += 1
        query = QUERIES[number // len(_USERS) % len(QUERIES)]  # so that everybody asks everything
        answer = self._env.search(query, self._tokens[user], explain="true")
        self._soak.statuses[answer.status] += 1
        self._soak.outcomes[answer.personalization.get("status", "none")] += 1
        self._soak.reasons[answer.personalization.get("reason") or "–"] += 1
        # One search at a time: after an invalidation no version but the current one may appear.
        self._soak.wrong_scores += wrong_scores(answer.body, user, self._versions[user])

    def _turn(self) -> None:
        """From health to the next fault, or from a fault to health."""
        self._soak.spells += 1
        if self._soak.spells % 2:
            self._rig.heal()
        else:
            target, fault = next(self._faults)
            self._rig.suffer(target, fault)
            self._console.print(f"  {target} {fault.name}", markup=False)

    def _sample(self, minute: float) -> None:
        footprint = Footprint.now(minute)
        self._soak.footprints.append(footprint)
        self._console.print(f"{minute:5.1f} min  {footprint.resident_mb:6.1f} MB  {footprint.descriptors} descriptors")


def ticks(began: float, period: float) -> Iterator[bool]:
    """Whether a period has begun since the last time this was asked; the first one has."""
    due = began
    while True:
        reached = time.monotonic() >= due
        due += period if reached else 0
        yield reached


def summary(soak: Soak, per_second: float) -> Table:
    """What was counted; memory and descriptors without the warm-up."""
    settled, searches = soak.settled, soak.statuses.total()
    memory = [sample.resident_mb for sample in settled]
    descriptors = [sample.descriptors for sample in settled]
    counted = {
        "searches": f"{searches}, at {per_second:g} a second at most",
        "statuses": ", ".join(f"{status}: {count}" for status, count in soak.statuses.items()),
        "personalization": ", ".join(f"{outcome} {count}" for outcome, count in soak.outcomes.most_common()),
        "reasons": ", ".join(f"{reason} {count}" for reason, count in soak.reasons.most_common()),
        "profile updates, each invalidated": str(soak.updates),
        "wrong or stale scores": str(soak.wrong_scores),
        "spells of faults": str(soak.spells // 2),
        "resident memory, MB": f"first {memory[0]:.1f}, last {memory[-1]:.1f}, most {max(memory):.1f}",
        "its slope, MB a minute": f"{slope(settled):+.2f}",
        "descriptors": f"first {descriptors[0]}, last {descriptors[-1]}, most {max(descriptors)}",
    }
    return Table(("", ""), list(counted.items()), words=(0, 1))


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Soak, and print what was counted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, issuer, bundle = stack.enter_context(valkey(folder)), Issuer(folder), bundle_of(DEMO)
        broken = stack.enter_context(rig(url))
        share_policy(url)
        env = stack.enter_context(environment(broken.bed(bundle, issuer).settings()))
        healthy = Bed(bundle, broken.sona_url, url, issuer)
        soak = Load(env, broken, healthy, console).run(arguments.minutes, arguments.per_second)
    samples = [dataclasses.asdict(sample) for sample in soak.footprints]
    (ROOT / ".local" / "soak.json").write_text(json.dumps(samples))
    table = summary(soak, arguments.per_second)
    console.print(table.printed())
    note = f"Memory and descriptors from {soak.settled[0].minute:.1f} minutes on, when pools and caches are full."
    circumstances = f"{measured(f'make soak MINUTES={arguments.minutes:g}')} {note}"
    return Outcome(f"{circumstances}\n\n{table.markdown()}", soak.failures)
