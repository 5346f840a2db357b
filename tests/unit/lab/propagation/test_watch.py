"""When all environments have answered with a policy, and which of them fell back."""

import pytest

from lab.propagation.edits import Edits, Watch
from lab.propagation.searcher import Answer


def answer(version: str, *, at: float = 1.0, status: int = 200, personalized: bool = True) -> Answer:
    return Answer(at - 0.01, at, status, personalized=personalized, policy_version=version, elapsed_ms=1.0)


@pytest.fixture
def found() -> Edits:
    return Edits()


@pytest.fixture
def watch(found: Edits) -> Watch:
    watch = Watch(2, found)
    watch.expect("new")
    return watch


async def test_the_last_environments_first_answer_counts(watch: Watch) -> None:
    for environment, version, at in (
        ("a", "new", 1),
        ("a", "new", 2),
        ("b", "old", 3),
        ("b", "new", 4),
        ("b", "new", 5),
    ):
        watch.hear(environment, answer(version, at=at))

    assert await watch.seen_by_all(1) == 4


async def test_a_search_that_was_not_personalized_proves_nothing(watch: Watch) -> None:
    watch.hear("a", answer("new"))
    watch.hear("b", answer("new", personalized=False))

    with pytest.raises(TimeoutError):
        await watch.seen_by_all(0)


async def test_what_was_seen_of_one_policy_says_nothing_of_the_next(watch: Watch) -> None:
    for environment in ("a", "b"):
        watch.hear(environment, answer("new"))
    watch.expect("newer")

    with pytest.raises(TimeoutError):
        await watch.seen_by_all(0)


def test_an_older_policy_is_a_relapse_only_after_the_new_one(watch: Watch, found: Edits) -> None:
    watch.hear("a", answer("old"))
    before = found.relapses
    watch.hear("a", answer("new"))
    watch.hear("a", answer("old"))

    assert (before, found.relapses) == (0, 1)


def test_answers_other_than_200_are_counted(watch: Watch, found: Edits) -> None:
    watch.hear("a", answer("", status=500, personalized=False))

    assert (found.searches, found.failures) == (1, 1)
