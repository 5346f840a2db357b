"""The tables of a run, with what was promised."""

from lab.propagation.edits import Edits
from lab.propagation.load import Load
from lab.propagation.searcher import Answer
from lab.propagation.tables import Results, edits_table, load_table, markdown


def results(*, slowest: float = 0.2, lost: float = 59.0, elapsed_ms: float = 3.0) -> Results:
    answers = [Answer(0.0, 0.01, 200, personalized=True, policy_version="abc123", elapsed_ms=elapsed_ms)]
    load = Load(600.0, {"one": answers}, [])
    return Results(60.0, Edits([0.1] * 99 + [slowest], {"right after a reading": lost}), load, load)


def test_verdicts_stand_beside_what_was_promised() -> None:
    good, bad = edits_table(results()), edits_table(results(slowest=500.0, lost=60.1))

    assert [row[-2:] for row in good.rows] == [("p99 ≤ 2 s", "met"), ("≤ 60 s", "met")]
    assert [row[-1] for row in bad.rows] == ["missed", "missed"]
    assert load_table(results(elapsed_ms=51.0)).rows[-1][-2:] == ("≤ 0", "missed")


def test_a_table_has_as_many_cells_in_each_row() -> None:
    measured = results()

    for table in (edits_table(measured), load_table(measured)):
        assert {len(row) for row in table.rows} == {len(table.header)}
    assert "| event delivered |" in markdown(measured, "Measured.")
