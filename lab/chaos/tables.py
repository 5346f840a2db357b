"""What was seen: a row for each phase, and the long one by itself."""

from collections.abc import Sequence

from lab.chaos.phase import LONG
from lab.chaos.spell import Seen, Spell
from lab.report.table import Table

TARGET_MS = 3.0
"""What a cache that hangs may add to the median, once it is known to hang."""

_NONE = "–"


def answers_table(seen: Sequence[Seen]) -> Table:
    """What became of the searches of each phase."""
    header = ("phase", "searches", "200s", "lost", "wrong", "personalized", "reasons")
    return Table(header, [_answers(one) for one in seen], title="Answers", words=(0, 6))


def times_table(seen: Sequence[Seen]) -> Table:
    """How long they took, beside those of the healthy spell before."""
    header = ("phase", "p50 before, ms", "during", "p99 before, ms", "during", "well again after")
    return Table(header, [_times(one) for one in seen], title="Times")


def long_table(seen: Seen) -> Table:
    """The searches without a fault, in its first second, and after that."""
    after = seen.after_first_second
    first = Spell([answer for answer in seen.during.answers if answer not in after.answers])
    spells = {"before": seen.before, "in its first second": first, "after that": after}
    rows = [
        (name, str(len(spell.answers)), _number(spell.milliseconds(0.5)), _number(spell.milliseconds(0.99)), "", "")
        for name, spell in spells.items()
    ]
    before, during = seen.before.milliseconds(0.5), after.milliseconds(0.5)
    if before is not None and during is not None:
        added = during - before
        verdict = "met" if added <= TARGET_MS else "missed"
        rows.append(("p50 after that − before", "", f"{added:+.1f}", "", f"≤ {TARGET_MS:+g} ms", verdict))
    return Table(("searches due", "number", "p50, ms", "p99, ms", "target", ""), rows, title=LONG.name, words=(0, 4, 5))


def markdown(seen: Sequence[Seen], circumstances: str) -> str:
    """What the page says of a run."""
    tables = [answers_table(seen), times_table(seen), *(long_table(one) for one in seen if one.phase is LONG)]
    parts = [part for table in tables for part in (f"**{table.title}**", table.markdown())]
    failures = [f"- Not kept: {failure}" for one in seen for failure in one.failures]
    return "\n\n".join([circumstances, *parts, *failures])


def _answers(seen: Seen) -> tuple[str, ...]:
    during = seen.during
    return (
        seen.phase.name,
        str(len(during.answers)),
        f"{during.share_of_200s:.1%}",
        str(during.lost),
        str(during.wrong),
        f"{during.personalized:.0%}",
        ", ".join(f"{reason} {count}" for reason, count in during.reasons.most_common()),
    )


def _times(seen: Seen) -> tuple[str, ...]:
    spells = (seen.before, seen.during)
    recovery = _NONE if seen.recovery is None else f"{seen.recovery:.1f} s"
    percentiles = (_number(spell.milliseconds(share)) for share in (0.5, 0.99) for spell in spells)
    return (seen.phase.name, *percentiles, recovery)


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.1f}"
