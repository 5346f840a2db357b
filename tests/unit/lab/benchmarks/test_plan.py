from pathlib import Path

from lab.benchmarks.plan import Against, Plan


def test_the_process_that_measures_is_given_the_same_plan() -> None:
    against = Against(Path("/other"), (Path("/other/bundle"),))
    plan = Plan(quick=True, bundles=(Path("/bundle"),), sizes=(10, 20), scratch=Path("/scratch"), against=against)
    assert Plan.from_json(plan.to_json()) == plan


def test_a_plan_without_another_checkout_stays_without_one() -> None:
    plan = Plan(quick=False, bundles=(), sizes=(), scratch=Path("/scratch"))
    assert Plan.from_json(plan.to_json()).against is None
