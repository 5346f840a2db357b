"""The answers of a spell, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from discovery.statistics.percentiles import percentile
from lab.chaos.answer import Answer
from lab.chaos.phase import Phase

FIRST_SECOND = 1.0


@dataclass(frozen=True)
class Spell:
    """Searches that were due within some seconds."""

    answers: Sequence[Answer]

    @property
    def lost(self) -> int:
        """Searches that no environment answered."""
        return sum(answer.verdict == "lost" for answer in self.answers)

    @property
    def wrong(self) -> int:
        """Answers that no search may give."""
        return sum(answer.verdict == "wrong" for answer in self.answers)

    @property
    def share_of_200s(self) -> float:
        """Of all searches, those lost included; 0 where there is none."""
        return sum(answer.status == HTTPStatus.OK for answer in self.answers) / max(1, len(self.answers))

    @property
    def personalized(self) -> float:
        """The share of all searches whose results were ordered by at least some scores."""
        return sum(answer.outcome in ("applied", "partial") for answer in self.answers) / max(1, len(self.answers))

    @property
    def reasons(self) -> Counter[str]:
        """Why searches were personalized less than wholly; "–" counts those that were."""
        return Counter(answer.reason or "–" for answer in self.answers if answer.verdict != "lost")

    def milliseconds(self, share: float) -> float | None:
        """A percentile of the answers' times, those lost left out; None where there is no answer."""
        taken = [answer.milliseconds for answer in self.answers if answer.verdict != "lost"]
        return percentile(taken, share) if taken else None


@dataclass(frozen=True)
class Seen:
    """A phase, and what was seen of it."""

    phase: Phase
    before: Spell
    during: Spell
    struck_at: float
    """Seconds from the load's beginning to the fault."""
    kills: int
    """Environments that were killed with a request in hand."""
    recovery: float | None
    """Seconds from the end of the fault until searches were well again; None where they did not become so."""

    @property
    def after_first_second(self) -> Spell:
        """The searches that were due once the fault had lasted a second."""
        begin = self.struck_at + FIRST_SECOND
        return Spell([answer for answer in self.during.answers if answer.due >= begin])

    @property
    def failures(self) -> list[str]:
        """What must never be, however slow the machine."""
        wrong, lost = self.before.wrong + self.during.wrong, self.before.lost + self.during.lost
        found = [f"{wrong} wrong answers"] if wrong else []
        found += [f"{lost} searches lost, with {self.kills} environments killed"] if lost > self.kills else []
        found += ["searches did not become well again"] if self.recovery is None else []
        return [f"{self.phase.name}: {failure}" for failure in found]
