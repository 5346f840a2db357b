"""What the analysis of an experiment says, and when it says nothing."""

import re

import numpy as np
import pytest

from discovery.experiments.analysis.experiment import analyse
from discovery.experiments.analysis.people import People
from discovery.experiments.analysis.results import Analysis, Comparison
from tests.unit.experiments.analysis.made import EVEN, made, nobody


def comparison(analysis: Analysis, metric: str) -> Comparison:
    return next(c for c in analysis.variants[-1].comparisons if c.metric.name == metric)


def test_an_experiment_that_never_ran_says_so() -> None:
    found = analyse(nobody(), EVEN, "control")

    assert (found.state, found.verdict) == ("never_ran", "never ran: nobody took part")


def test_an_experiment_without_control_says_so() -> None:
    found = analyse(made(200, variants=("low", "high")), {"low": 0.5, "high": 0.5}, "control")

    assert found.state == "no_control"
    assert found.verdict == "cannot be read: no variant control to compare with, only low, high"


def test_an_experiment_of_one_variant_says_so() -> None:
    found = analyse(made(200, variants=("control",)), {"control": 1.0}, "control")

    assert found.state == "one_variant"
    assert found.verdict == "cannot be read: control is the only variant, with nothing to compare it with"


def test_an_experiment_that_ran_an_hour_says_so() -> None:
    found = analyse(made(), EVEN, "control", days=1 / 24)

    assert (found.state, found.verdict) == ("too_early", "too early to read: ran an hour, and a day is the least")


@pytest.mark.parametrize(("each", "said"), [(1, "1 person"), (99, "99 people")])
def test_too_few_people_say_so(each: int, said: str) -> None:
    found = analyse(made(each), EVEN, "control", days=3)

    assert found.verdict == f"too early to read: control has {said}, and 100 is the least"


def test_a_variant_that_should_have_people_and_has_none_is_a_mismatch() -> None:
    people = made(2000, variants=("control", "high_boost"))
    only = people.of("control")
    control = People(people.variants, people.variant[only], {name: s[only] for name, s in people.sums.items()})

    assert analyse(control, EVEN, "control").state == "mismatch"


def test_a_sample_ratio_mismatch_stops_all_reading() -> None:
    found = analyse(
        made(2000, factors={"high_boost": {"plays": 2.0}}), {"control": 0.46, "high_boost": 0.54}, "control"
    )

    assert found.state == "mismatch"
    assert re.fullmatch(r"cannot be read: sample ratio mismatch, p [=<] 0\.0\d+", found.verdict)
    assert found.sample_ratio is not None
    assert found.sample_ratio.mismatch
    assert found.variants[1].comparisons == ()
    assert found.variants[1].values["plays"] > 0


def test_a_gain_with_safe_guardrails_is_safe_to_ship() -> None:
    found = analyse(made(4000, factors={"high_boost": {"plays": 1.1}}), EVEN, "control")

    assert found.state == "ship"
    assert re.fullmatch(r"high_boost: plays \+\d+\.\d % \[\d+\.\d, \d+\.\d\], safe to ship", found.verdict)
    plays = comparison(found, "plays")
    assert plays.outcome == "better"
    assert plays.relative_sequence.holds(0.1)
    assert not plays.sequence.holds(0.0)


def test_a_loss_is_not_to_ship() -> None:
    found = analyse(made(4000, factors={"high_boost": {"plays": 0.9}}), EVEN, "control")

    assert found.state == "harm"
    assert re.fullmatch(r"high_boost: plays −\d+\.\d % \[−\d+\.\d, −\d+\.\d\], do not ship", found.verdict)


def test_a_gain_that_makes_searches_slow_is_not_to_ship() -> None:
    factors = {"high_boost": {"plays": 1.1, "search_time_sum_ms": 1.5}}

    found = analyse(made(4000, factors=factors), EVEN, "control")

    assert found.state == "harm"
    assert re.fullmatch(r"high_boost: search time \+10\.\d ms \[\d+\.\d, 10\.\d\], do not ship", found.verdict)


def test_a_slowdown_within_the_margin_is_safe() -> None:
    factors = {"high_boost": {"plays": 1.1, "search_time_sum_ms": 1.1}}

    found = analyse(made(4000, factors=factors), EVEN, "control")

    assert comparison(found, "search_time").outcome == "safe"
    assert comparison(found, "search_time").harm == pytest.approx(2.0, abs=0.5)
    assert found.state == "ship"


def test_a_gain_whose_safety_is_open_waits_and_says_for_how_many() -> None:
    found = analyse(made(400, factors={"high_boost": {"plays": 1.5}}), EVEN, "control", days=4)

    assert found.state == "undecided"
    assert "not known to be safe yet: slow searches may be up to" in found.verdict
    assert "pp worse (0.50 pp is allowed)" in found.verdict
    assert re.search(r"needs about [\d,]+ more people \(about \d+ more days?\)$", found.verdict)
    assert found.more_people is not None
    enough = analyse(made(400 + found.more_people // 2, factors={"high_boost": {"plays": 1.5}}), EVEN, "control")
    assert enough.state == "ship"


def test_a_gain_here_and_a_loss_there_are_to_be_weighed() -> None:
    found = analyse(made(4000, factors={"high_boost": {"plays": 1.15, "list_adds": 0.85}}), EVEN, "control")

    assert found.state == "mixed"
    assert re.search(r"plays \+.*, but list adds −.*: weigh one against the other", found.verdict)


def test_no_difference_is_undecided_and_says_what_it_needs() -> None:
    found = analyse(made(1000), EVEN, "control", days=7)

    assert found.state == "undecided"
    assert re.fullmatch(
        r"high_boost: not decided yet: plays [+−][\d.]+ % \[−[\d.]+, [\d.]+\]; "
        r"needs about [\d,]+ more people \(about [\d,]+ more days\)",
        found.verdict,
    )


def test_a_difference_that_is_surely_small_is_none_worth_the_name() -> None:
    people = made(2000)
    steady = People(people.variants, people.variant, {**people.sums, "plays": 100 + people.sums["plays"] % 2})

    found = analyse(steady, EVEN, "control")

    assert found.state == "same"
    assert found.verdict.endswith("no difference worth the name")


def test_of_two_gains_the_larger_is_told() -> None:
    variants = ("control", "medium", "high")
    people = made(4000, variants=variants, factors={"medium": {"plays": 1.1}, "high": {"plays": 1.2}})

    found = analyse(people, dict.fromkeys(variants, 1 / 3), "control")

    assert found.verdict.startswith("high: plays +")
    assert [v.state for v in found.variants[1:]] == ["ship", "ship"]
    assert [v.verdict.endswith("safe to ship") for v in found.variants[1:]] == [True, True]


def test_p_values_are_adjusted_for_all_variants_and_metrics_together() -> None:
    found = analyse(made(4000, factors={"high_boost": {"plays": 1.1}}), EVEN, "control")

    decisions = [c for c in found.variants[1].comparisons if c.metric.role == "decision"]
    least = min(decisions, key=lambda c: c.p_sequential)
    assert len(decisions) == 5
    assert least.p_adjusted == pytest.approx(5 * least.p_sequential)


def test_the_period_before_narrows_the_interval() -> None:
    with_before = comparison(analyse(made(2000, before=True), EVEN, "control"), "plays")
    people = made(2000, before=True)
    without = comparison(analyse(People(people.variants, people.variant, people.sums), EVEN, "control"), "plays")

    assert without.adjustment is None
    assert with_before.adjustment is not None
    ratio = (with_before.standard_error / without.standard_error) ** 2
    assert ratio == pytest.approx(with_before.adjustment.variance_ratio)
    assert ratio < 0.6
    assert (with_before.control_value, with_before.variant_value) == (without.control_value, without.variant_value)


def test_what_was_not_measured_is_left_out() -> None:
    people = made(4000, factors={"high_boost": {"plays": 1.2}})
    plays_only = People(people.variants, people.variant, {"plays": people.sums["plays"]})

    found = analyse(plays_only, EVEN, "control")

    assert [c.metric.name for c in found.variants[1].comparisons] == ["plays"]
    assert found.verdict.endswith("but no guardrail was measured")


def test_no_failure_so_far_is_no_proof_of_none() -> None:
    people = made(100)
    sums = {**people.sums, "failed": np.zeros(200), "searches": np.ones(200)}

    found = comparison(analyse(People(people.variants, people.variant, sums), EVEN, "control"), "failed")

    assert found.difference == 0.0
    assert found.outcome == "undecided"


def test_people_whose_columns_differ_in_length_are_refused() -> None:
    with pytest.raises(ValueError, match="plays has the shape"):
        People(("control",), np.zeros(3, np.int32), {"plays": np.zeros(2)})
    with pytest.raises(ValueError, match="is none of control"):
        People(("control",), np.ones(3, np.int32), {})
