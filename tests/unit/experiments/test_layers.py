"""Layers: exclusive within, independent across, and what can't run side by side."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.experiments.assignment import held_out, takes_part
from discovery.experiments.experiment import Experiment, Status
from discovery.experiments.layers import conflicts, participations
from discovery.statistics.chi_square import independence

NOW = 1_000.0
USERS = [f"user-{number}" for number in range(20_000)]
HALVES = {"control": 0.5, "high_boost": 0.5}


def experiment(name: str, slot: float = 0.0, allocation: float = 0.2, layer: str | None = "weight") -> Experiment:
    return Experiment(name, allocation, HALVES, own_layer=layer, slot=slot)


THREE = (experiment("a", 0.0, 0.2), experiment("b", 0.2, 0.3), experiment("c", 0.5, 0.5))


def names(experiments: tuple[Experiment, ...], user: str, now: float = NOW) -> list[str]:
    return [one.name for one, _ in participations(experiments, user, now)]


def test_a_slot_is_a_share_of_the_layer_that_begins_where_it_says() -> None:
    sizes = Counter(name for user in USERS for name in names(THREE, user))

    assert {name: size / len(USERS) for name, size in sizes.items()} == pytest.approx(
        {"a": 0.2, "b": 0.3, "c": 0.5}, abs=0.01
    )


def test_nobody_is_in_two_experiments_of_a_layer_and_nobody_is_in_none_where_slots_fill_it() -> None:
    assert {len(names(THREE, user)) for user in USERS} == {1}


@given(st.text(), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_of_slots_that_touch_somebody_is_in_one_at_most(user: str, ends: list[float]) -> None:
    bounds = [0.0, *sorted(ends)]
    touching = tuple(
        experiment(f"e{number}", begin, bounds[number + 1] - begin) for number, begin in enumerate(bounds[:-1])
    )

    assert sum(1 for _ in participations(touching, user, NOW)) <= 1
    assert not list(conflicts({one.name: one for one in touching}))


def test_experiments_of_two_layers_do_not_know_of_each_other() -> None:
    other = experiment("page", 0.0, 0.5, layer="page")
    pairs: Counter[tuple[str, str]] = Counter()
    for user in USERS:
        found = {one.layer: f"{one.name} {variant}" for one, variant in participations((other, *THREE), user, NOW)}
        pairs[found["weight"], found.get("page", "")] += 1

    chi_square, cramers_v = independence(pairs)

    assert len(pairs) == 6 * 3
    assert chi_square.p > 0.001
    assert cramers_v < 0.02


def test_variants_are_drawn_anew_in_the_experiment_that_has_the_slot_next() -> None:
    """Or the people of one variant would stay together from one experiment to the next."""
    spring, summer = experiment("spring", 0, 1), experiment("summer", 0, 1)
    pairs = Counter(
        (variant, next(participations((summer,), user, NOW))[1])
        for user in USERS
        for _, variant in participations((spring,), user, NOW)
    )

    assert independence(pairs)[1] < 0.02


def test_without_a_layer_of_its_own_the_salt_alone_says_who_takes_part() -> None:
    """As before there were layers: nobody moves."""
    old = experiment("spring", layer=None)

    assert old.allocation_salt == "spring"
    assert [takes_part(old, user) for user in ("ana", "ben", "user-1")] == [
        takes_part(Experiment("spring", 0.2, HALVES), user) for user in ("ana", "ben", "user-1")
    ]
    assert sum(takes_part(old, user) for user in USERS) / len(USERS) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("status", ["draft", "paused", "completed"])
def test_only_a_running_experiment_assigns(status: Status) -> None:
    at_rest = replace(experiment("a", 0, 1), status=status)

    assert names((at_rest, experiment("b", 0, 1)), "ana") == ["b"]


def of_pair(first: Experiment, second: Experiment) -> Iterator[tuple[str, str, str]]:
    return conflicts({"experiments/one": first, "experiments/other": second})


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (experiment("a", 0, 0.5), experiment("b", 0.4, 0.2), "a has [0, 0.5) and b has [0.4, 0.6)"),
        (experiment("a", 0, 0.5, None), experiment("b", 0.5, 0.5), "one of them does not name the layer"),
        (experiment("a"), experiment("a", 0.5, 0.1, "page"), "is an experiment of the name a too"),
    ],
)
def test_what_can_not_run_side_by_side_is_told_with_the_reason(
    first: Experiment, second: Experiment, reason: str
) -> None:
    ((one, other, said),) = of_pair(first, second)

    assert (one, other) == ("experiments/one", "experiments/other")
    assert reason in said


@pytest.mark.parametrize(
    "second",
    [
        experiment("b", 0, 0.5, "page"),
        replace(experiment("b", 0, 0.5), status="paused"),
        replace(experiment("b", 0, 0.5), start=NOW),
        experiment("b", 0.5, 0.5),
    ],
    ids=["another layer", "paused", "afterwards", "another slot"],
)
def test_what_never_has_the_same_people_at_once_can(second: Experiment) -> None:
    first = replace(experiment("a", 0, 0.5), end=NOW)

    assert not list(of_pair(first, second))


def test_raising_the_holdout_lets_nobody_out_of_it() -> None:
    few, more = ({user for user in USERS if held_out(user, share)} for share in (0.01, 0.05))

    assert few < more
    assert len(more) / len(USERS) == pytest.approx(0.05, abs=0.005)
    assert not any(held_out(user, 0.0) for user in USERS)
