"""Scoring for a preview: what each candidate gets under a weight, and where there is nothing to score."""

import numpy as np
import pytest

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.personalization.previewer import Previewer
from discovery.policy.policy import UNASSIGNED
from tests.fakes import FakeSona
from tests.unit.personalization.personalizing import ANA, CANDIDATES, HASH, Rig, snapshot

NOTHING = Candidates([], np.empty(0))


async def test_who_gets_which_variant_is_said_though_the_query_finds_nothing() -> None:
    rig = Rig(policy=snapshot(boost_weight="0.4"))

    scored = await Previewer(rig.gatherer()).score(Caller("ana", opted_out=None), NOTHING)

    assert (scored.outcome.gathered.user, scored.outcome.gathered.assignment.weight) == (HASH, 0.4)


@pytest.mark.parametrize("person", [ANA, Caller("ana", opted_out=None)], ids=["oneself", "another"])
async def test_it_is_not_said_of_a_policy_that_nobody_knows(person: Caller) -> None:
    rig = Rig()
    rig.cache.policy, rig.parameters.fails = None, True

    scored = await Previewer(rig.gatherer()).score(person, NOTHING)

    assert (scored.outcome.gathered.user, scored.outcome.gathered.assignment) == (HASH, UNASSIGNED)


async def test_a_candidate_has_sonas_score_and_what_is_blended_under_every_weight() -> None:
    rig = Rig(FakeSona({"ana": {"alien": 0.3, "jaws": 0.4}}))

    scored = await Previewer(rig.gatherer()).score(ANA, CANDIDATES)

    # The scores are 0.05 on either side of their mean; relevance is √(0.32 / 3) = 0.32660 on either side of 0.6.
    for weight, order in ((0.25, [1, 2, 3]), (1.0, [3, 2, 1])):
        placed = sorted(scored.under(weight))
        assert [one.control_rank for one in scored.under(weight)] == order
        assert [one.raw_score for one in placed] == [0.3, None, 0.4]
        assert [one.score for one in placed] == pytest.approx([0.27340, 0.6, 0.92660], abs=1e-5)
        assert [one.final for one in placed] == pytest.approx(
            [of * (1 - weight) + score * weight for of, score in ((1, 0.27340), (0.6, 0.6), (0.2, 0.92660))], abs=1e-5
        )
