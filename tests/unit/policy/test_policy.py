"""Who gets which variant, and with which weight, under a policy."""

from types import MappingProxyType

from discovery.experiments.experiment import Experiment
from discovery.policy.policy import DEFAULT_VARIANTS, Assignment, Participation, Policy

NOW = 1_800_000_000.0


def policy(allocation: float = 1.0, *, start: float | None = None, end: float | None = None) -> Policy:
    shares = MappingProxyType({"high_boost": 1.0})
    experiment = Experiment("homepage", allocation, shares, start=start, end=end)
    return Policy(0.3, experiment=experiment, epochs={"homepage": "an epoch"})


def test_the_built_in_variants_are_those_of_the_design() -> None:
    assert dict(DEFAULT_VARIANTS) == {
        "control": 0.0,
        "low_boost": 0.15,
        "medium_boost": 0.25,
        "high_boost": 0.40,
        "aggressive_boost": 0.60,
    }


def test_a_requested_variant_wins_over_the_experiment() -> None:
    assert policy().assign("ana", "aggressive_boost", NOW) == Assignment("aggressive_boost", 0.6, "request")


def test_inside_the_allocation_the_experiment_assigns() -> None:
    layers = (Participation("weight", "homepage", "high_boost", "an epoch"),)
    assert policy().assign("ana", None, NOW) == Assignment("high_boost", 0.4, "experiment", "homepage", layers)


def test_outside_the_allocation_and_without_an_experiment_the_default_weight_applies() -> None:
    assert policy(0.0).assign("ana", None, NOW) == Assignment(None, 0.3, "default")
    assert Policy(boost_weight=0.3).assign("ana", None, NOW) == Assignment(None, 0.3, "default")


def test_a_requested_variant_that_the_policy_does_not_know_is_as_none() -> None:
    assert Policy(boost_weight=0.3).assign("ana", "removed", NOW) == Assignment(None, 0.3, "default")


def test_before_its_start_and_from_its_end_on_an_experiment_assigns_nobody() -> None:
    running = policy(start=NOW, end=NOW + 10)

    assigned = [running.assign("ana", None, now).variant for now in (NOW - 0.001, NOW, NOW + 9.999, NOW + 10)]

    assert assigned == [None, "high_boost", "high_boost", None]
