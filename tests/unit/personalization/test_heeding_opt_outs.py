"""Who opted out is marked and not looked up; of somebody who does not ask themselves, the mark decides."""

from dataclasses import replace

import numpy as np
import pytest

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.privacy.user_key import fixed_key
from tests.conftest import Counted
from tests.fakes import FOR_EVER, FakeOptOuts, FakeScoreCache
from tests.unit.personalization.personalizing import CANDIDATES, HASH, Rig, said

OPTED_OUT = Caller("ana", opted_out=True, issued_at=100.0)
AGAIN_IN = Caller("ana", issued_at=200.0)
ANOTHER = Caller("ana", opted_out=None)
"""Ana, as somebody else asks for her order."""
NOTHING_FOUND = Candidates([], np.empty(0))


async def test_who_opts_out_by_their_token_is_marked() -> None:
    rig = Rig()

    assert said(await rig.personalize(OPTED_OUT)) == ("skipped", "opted_out")
    assert rig.cache.opted_out == {HASH: 100.0}
    assert (rig.cache.reads, rig.sona.asked) == (0, [])


async def test_one_request_by_global_privacy_control_marks_nobody() -> None:
    rig = Rig()

    assert said(await rig.personalize(replace(AGAIN_IN, refuses=True))) == ("skipped", "global_privacy_control")
    assert rig.cache.opted_out == {}


@pytest.mark.parametrize("key", [b"key", b""], ids=["switched off", "no key"])
async def test_where_settings_disable_personalization_nobody_is_marked(key: bytes) -> None:
    rig = Rig()

    await rig.personalize(OPTED_OUT, enabled=not key, user_key=fixed_key(key))

    assert rig.cache.opted_out == {}


async def test_the_mark_is_left_whatever_order_the_search_asks_for() -> None:
    rig = Rig()
    await rig.personalize(OPTED_OUT, keep_order=True)

    assert rig.cache.opted_out == {HASH: 100.0}


async def test_a_later_token_that_does_not_opt_out_takes_the_mark_away() -> None:
    rig = Rig()
    await rig.personalize(OPTED_OUT)

    assert said(await rig.personalize(AGAIN_IN)) == ("applied", None)
    assert rig.cache.opted_out == {}


async def test_a_token_from_before_the_opt_out_does_not() -> None:
    rig = Rig()
    await rig.personalize(OPTED_OUT)

    assert said(await rig.personalize(Caller("ana", issued_at=50.0))) == ("applied", None)
    assert rig.cache.opted_out == {HASH: 100.0}


async def test_another_person_who_is_marked_is_not_looked_up_and_not_named() -> None:
    rig = Rig()
    rig.keep(alien=0.5)
    rig.cache.opted_out[HASH] = 100.0

    outcome = await rig.personalize(ANOTHER)

    assert said(outcome) == ("skipped", "opted_out")
    assert (outcome.gathered.user, outcome.gathered.assignment.weight) == (None, 0)
    assert (outcome.gathered.scores, rig.sona.asked, rig.cache.reads) == ({}, [], 1)
    assert rig.cache.opted_out == {HASH: 100.0}


async def test_another_person_who_is_not_marked_is() -> None:
    outcome = await Rig().personalize(ANOTHER)

    assert said(outcome) == ("applied", None)
    assert outcome.gathered.user == HASH


@pytest.mark.parametrize("candidates", [CANDIDATES, NOTHING_FOUND], ids=["found", "nothing found"])
async def test_while_marks_can_not_be_read_nobody_else_is_looked_up(candidates: Candidates) -> None:
    rig = Rig()
    rig.cache.read_fails = True

    outcome = await rig.personalize(ANOTHER, candidates=candidates)

    assert said(outcome) == ("failed", "opt_out_unknown")
    assert (outcome.gathered.user, outcome.gathered.assignment.weight, rig.sona.asked) == (None, 0, [])


@pytest.mark.parametrize("candidates", [CANDIDATES, NOTHING_FOUND], ids=["found", "nothing found"])
async def test_nor_where_the_deadline_strikes_before_they_are(candidates: Candidates) -> None:
    rig = Rig()
    rig.cache.read_delay = FOR_EVER

    outcome = await rig.personalize(ANOTHER, candidates=candidates, timeout_ms=20)

    assert said(outcome) == ("failed", "timeout")
    assert (outcome.gathered.user, outcome.gathered.assignment.weight, rig.sona.asked) == (None, 0, [])


@pytest.mark.parametrize(("marked", "reason"), [(True, "opted_out"), (False, "no_candidates")])
async def test_a_mark_counts_also_where_nothing_is_found(marked: bool, reason: str) -> None:
    rig = Rig()
    if marked:
        rig.cache.opted_out[HASH] = 100.0

    outcome = await rig.personalize(ANOTHER, candidates=NOTHING_FOUND)

    assert said(outcome) == ("skipped", reason)
    assert outcome.gathered.user == (None if marked else HASH)


class BrokenOptOuts(FakeOptOuts):
    async def remember(self, *_: object) -> None:
        raise ZeroDivisionError


async def test_a_marker_that_breaks_breaks_no_search(counted: Counted) -> None:
    outcome = await Rig().personalize(OPTED_OUT, opt_outs=BrokenOptOuts(FakeScoreCache()))

    assert said(outcome) == ("skipped", "opted_out")
    assert counted()["PersonalizationBroken"] == 1
