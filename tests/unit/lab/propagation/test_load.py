"""Who called Parameter Store how often, and which searches a call could have held up."""

from lab.propagation.load import Load
from lab.propagation.meter import Call
from lab.propagation.searcher import Answer

UNDER_WAY = float("inf")


def answer(began: float, ended: float, *, status: int = 200) -> Answer:
    return Answer(began, ended, status, personalized=True, policy_version="abc123", elapsed_ms=1.0)


def load(answers: list[Answer], *calls: Call) -> Load:
    return Load(60.0, {"one": answers, "two": []}, list(calls))


def test_a_search_that_spans_a_call_of_its_environment_waited_for_it() -> None:
    assert load([answer(1, 4)], Call("one", 2, 3)).waited == [answer(1, 4)]


def test_a_search_that_spans_a_call_of_another_environment_waited_for_nothing() -> None:
    assert load([answer(1, 4)], Call("two", 2, 3)).waited == []


def test_a_search_that_starts_a_call_and_ends_before_it_was_answered_meanwhile() -> None:
    seen = load([answer(1, 2.5)], Call("one", 2, 3))

    assert (seen.waited, seen.meanwhile) == ([], [answer(1, 2.5)])


def test_a_search_after_a_call_has_nothing_to_do_with_it() -> None:
    seen = load([answer(3.5, 4)], Call("one", 2, 3))

    assert (seen.waited, seen.meanwhile) == ([], [])


def test_a_call_that_is_under_way_at_the_end_held_nobody_up() -> None:
    seen = load([answer(1, 4)], Call("one", 2, UNDER_WAY))

    assert (seen.waited, seen.meanwhile) == ([], [answer(1, 4)])


def test_calls_are_counted_by_environment() -> None:
    seen = load([], Call("one", 1, 2), Call("one", 61, 62), Call("invalidation", 5, 6))

    assert seen.calls_by_environment == {"one": 2, "two": 0, "invalidation": 1}
    assert (seen.most_calls, seen.shortest_interval) == (2, 60)


def test_without_two_calls_there_is_no_interval() -> None:
    assert load([], Call("one", 1, 2), Call("two", 1, 2)).shortest_interval is None


def test_answers_other_than_200_are_failures() -> None:
    assert load([answer(1, 2), answer(2, 3, status=500)]).failures == 1
