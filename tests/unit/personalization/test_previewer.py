"""Scoring for a preview, where there is nothing to score."""

import numpy as np
import pytest

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.personalization.previewer import Previewer
from discovery.policy.policy import UNASSIGNED
from tests.unit.personalization.personalizing import ANA, HASH, Rig, snapshot

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
