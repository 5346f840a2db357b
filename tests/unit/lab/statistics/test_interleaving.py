import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from lab.statistics.interleaving import Contestant, balanced, interleave


def stepping() -> Callable[[], float]:
    """A clock that is a second later each time it is asked."""
    return map(float, itertools.count()).__next__


def test_contestants_take_turns_in_alternating_order() -> None:
    calls: list[str] = []
    contestants = [Contestant(name, lambda name=name: calls.append(name)) for name in "ab"]  # type: ignore[misc]
    interleave(contestants, blocks=1, rounds=4, warm_up=0, clock=stepping())
    assert calls == ["a", "b", "b", "a", "a", "b", "b", "a"]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 9])
def test_each_follows_each_other_equally_often(count: int) -> None:
    orders = [balanced(range(count), turn) for turn in range(2 * count)]
    followers = Counter(pair for order in orders for pair in itertools.pairwise(order))
    assert all(sorted(order) == list(range(count)) for order in orders)
    assert set(followers) == set(itertools.permutations(range(count), 2))
    assert set(followers.values()) == {2}


def test_warming_up_is_not_counted() -> None:
    calls: list[int] = []
    samples = interleave([Contestant("a", lambda: calls.append(1))], blocks=2, rounds=3, warm_up=5, clock=stepping())
    assert len(calls) == 2 * (3 + 5)
    assert [len(block) for block in samples.blocks["a"]] == [3, 3]


def test_preparing_is_not_timed() -> None:
    clock = stepping()
    samples = interleave([Contestant("a", lambda: None, prepare=clock)], blocks=1, rounds=2, warm_up=0, clock=clock)
    assert samples.all("a") == [1.0, 1.0]


def test_each_block_begins_with_the_fixed_piece_of_work() -> None:
    samples = interleave([Contestant("a", lambda: None)], blocks=3, rounds=1, clock=stepping())
    assert len(samples.busy) == 3
    assert samples.noise == 0


def test_a_block_is_announced_before_it_begins() -> None:
    announced: list[int] = []
    interleave([Contestant("a", lambda: None)], blocks=2, rounds=1, before_block=announced.append, clock=stepping())
    assert announced == [0, 1]


def test_what_times_itself_is_believed() -> None:
    samples = interleave(
        [Contestant("a", lambda: 0.25, times_itself=True)], blocks=1, rounds=2, warm_up=0, clock=stepping()
    )
    assert samples.all("a") == [0.25, 0.25]
