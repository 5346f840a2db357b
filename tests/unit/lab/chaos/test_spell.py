"""The answers of a spell, counted, and what must never be."""

from collections.abc import Sequence

from lab.chaos.answer import Answer, Verdict
from lab.chaos.phase import Phase
from lab.chaos.spell import Seen, Spell


def answer(
    due: float = 0.0, milliseconds: float = 10.0, *, verdict: Verdict = "right", reason: str | None = None
) -> Answer:
    status, outcome = (500, "none") if verdict == "lost" else (200, "failed" if reason else "applied")
    return Answer(due, milliseconds, status, verdict, outcome, reason)


def seen(
    during: Sequence[Answer], *, before: Sequence[Answer] = (), kills: int = 0, recovery: float | None = 0.0
) -> Seen:
    return Seen(Phase("a phase"), Spell(before), Spell(during), 10.0, kills, recovery)


def test_percentiles_are_those_of_the_answers_without_what_was_lost() -> None:
    spell = Spell(
        [answer(milliseconds=value) for value in (10.0, 20.0, 30.0)] + [answer(milliseconds=1, verdict="lost")]
    )

    assert (spell.milliseconds(0.5), spell.milliseconds(1.0)) == (20.0, 30.0)
    assert Spell([]).milliseconds(0.5) is None


def test_shares_are_of_all_searches() -> None:
    spell = Spell([answer(), answer(reason="timeout"), answer(), answer(verdict="lost")])

    assert (spell.share_of_200s, spell.personalized) == (0.75, 0.5)
    assert spell.reasons == {"–": 2, "timeout": 1}
    assert (spell.lost, spell.wrong) == (1, 0)
    assert Spell([]).share_of_200s == 0


def test_the_first_second_begins_with_the_fault() -> None:
    during = [answer(10.2), answer(10.99), answer(11.0), answer(15.0)]

    assert [one.due for one in seen(during).after_first_second.answers] == [11.0, 15.0]


def test_a_killed_environment_may_lose_its_request_and_no_other() -> None:
    lost = [answer(verdict="lost")] * 2

    assert seen(lost, kills=2).failures == []
    assert seen(lost, kills=1).failures == ["a phase: 2 searches lost, with 1 environments killed"]


def test_a_wrong_answer_counts_whenever_it_was_given() -> None:
    wrong = [answer(verdict="wrong")]

    assert seen([], before=wrong).failures == seen(wrong).failures == ["a phase: 1 wrong answers"]


def test_what_does_not_become_well_again_is_a_failure() -> None:
    assert seen([], recovery=None).failures == ["a phase: searches did not become well again"]
