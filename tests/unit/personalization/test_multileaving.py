"""A search whose results several weights choose in turn."""

import json

import numpy as np

from discovery.personalization.blending import Candidates
from tests.fakes import FakeSona
from tests.unit.personalization.personalizing import Rig, said, snapshot

IDS = [f"film-{number:03}" for number in range(60)]
MANY = Candidates(IDS, np.linspace(1, 0.1, len(IDS)))
EXPERIMENT = json.dumps(
    {
        "name": "spring",
        "traffic_allocation": 1,
        "variants": {"control": 0.5, "high_boost": 0.5},
        "layer": "weight",
        "mode": "multileave",
    }
)


def rig(*, boost_weight: str = "0.2") -> Rig:
    likes = {"ana": {content_id: number / len(IDS) for number, content_id in enumerate(IDS)}}
    policy = snapshot(
        boost_weight=boost_weight, variants__control="0", variants__high_boost="0.9", experiments__spring=EXPERIMENT
    )
    return Rig(FakeSona(likes), policy=policy)


async def test_each_variant_chooses_half_of_every_page() -> None:
    outcome = await rig().personalize(variant=None, candidates=MANY)

    assert said(outcome) == ("applied", None)
    assert sorted(outcome.order) == list(range(len(IDS)))
    teams = [choice.team for choice in outcome.choices(0, 10)]
    assert sorted(teams) == ["control"] * 5 + ["high_boost"] * 5
    assert outcome.order[teams.index("control")] == 0
    assert outcome.order[teams.index("high_boost")] == len(IDS) - 1


async def test_the_same_search_has_the_same_draft_whatever_is_cached() -> None:
    searching = rig()

    first, second = [await searching.personalize(variant=None, candidates=MANY) for _ in range(2)]

    assert second.summary().from_cache == len(IDS)
    assert (first.order, first.choices(0, 60)) == (second.order, second.choices(0, 60))


async def test_the_response_says_so_and_states_a_weight_that_its_numbers_are_of() -> None:
    outcome = await rig().personalize(variant=None, candidates=MANY)
    summary = outcome.summary()

    assert (summary.mode, summary.variant, summary.weight) == ("multileave", None, 0.2)
    assert (summary.assigned_by, summary.experiment) == ("experiment", "spring")
    assert [(one.layer, one.experiment, one.variant) for one in summary.layers] == [("weight", "spring", None)]
    for place in outcome.order:
        explained = outcome.explain(place)
        assert explained.score is not None
        assert explained.final == explained.relevance * (1 - 0.2) + explained.score * 0.2
        assert explained.weight == 0.2
        assert outcome.order[explained.rank_after - 1] == place


async def test_scores_are_asked_for_though_the_default_weight_is_0() -> None:
    outcome = await rig(boost_weight="0").personalize(variant=None, candidates=MANY)

    assert said(outcome) == ("applied", None)
    assert {choice.team for choice in outcome.choices(0, 60)} == {"control", "high_boost"}


async def test_without_a_score_there_is_nothing_to_choose_between() -> None:
    searching = rig()
    searching.sona.broken = True

    outcome = await searching.personalize(variant=None, candidates=MANY)

    assert outcome.status == "failed"
    assert outcome.order == list(range(len(IDS)))
    assert outcome.choices(0, 60) == ()
    assert outcome.summary().mode == "multileave"


async def test_a_variant_that_was_asked_for_orders_alone() -> None:
    outcome = await rig().personalize(variant="high_boost", candidates=MANY)

    assert (outcome.summary().mode, outcome.choices(0, 60)) == ("ab", ())
