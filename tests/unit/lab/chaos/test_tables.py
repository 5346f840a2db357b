"""The tables of a run."""

from lab.chaos.answer import Answer
from lab.chaos.phase import LONG, Phase
from lab.chaos.spell import Seen, Spell
from lab.chaos.tables import answers_table, long_table, markdown, times_table


def spell(milliseconds: float, begin: float) -> Spell:
    return Spell([Answer(begin + number, milliseconds, 200, "right", "applied") for number in range(4)])


def seen(phase: Phase, *, during: float = 12.0, recovery: float | None = 1.25) -> Seen:
    return Seen(phase, spell(10.0, 0), spell(during, 10.0), 10.0, 0, recovery)


def test_times_stand_beside_those_before() -> None:
    assert times_table([seen(LONG)]).rows == [(LONG.name, "10.0", "12.0", "10.0", "12.0", "1.2 s")]
    assert times_table([seen(LONG, recovery=None)]).rows[0][-1] == "–"


def test_answers_are_counted() -> None:
    assert answers_table([seen(LONG)]).rows == [(LONG.name, "4", "100.0%", "0", "0", "100%", "– 4")]


def test_the_long_phase_is_held_against_its_target_without_its_first_second() -> None:
    good, bad = long_table(seen(LONG, during=13.0)), long_table(seen(LONG, during=13.1))

    assert [row[:2] for row in good.rows[:3]] == [("before", "4"), ("in its first second", "1"), ("after that", "3")]
    assert good.rows[-1][-3:] == ("", "≤ +3 ms", "met")
    assert (bad.rows[-1][2], bad.rows[-1][-1]) == ("+3.1", "missed")


def test_a_table_has_as_many_cells_in_each_row() -> None:
    for table in (answers_table([seen(LONG)]), times_table([seen(LONG)]), long_table(seen(LONG))):
        assert {len(row) for row in table.rows} == {len(table.header)}


def test_the_page_has_the_long_phase_by_itself_and_what_was_not_kept() -> None:
    short, text = Phase("Valkey killed", ("Valkey",)), "Measured."

    assert LONG.name not in markdown([seen(short)], text)
    page = markdown([seen(short), seen(LONG, recovery=None)], text)
    assert page.startswith("Measured.\n\n**Answers**\n\n| phase |")
    assert page.count(f"**{LONG.name}**") == 1
    assert page.endswith(f"- Not kept: {LONG.name}: searches did not become well again")
