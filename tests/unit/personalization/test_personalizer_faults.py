"""Personalizing while SONA, the cache or the code below fails or is late: never an exception, never too late."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Counted
from tests.fakes import FakeScoreCache, FakeSona, sona_over
from tests.unit.personalization.personalizing import HASH, LIKES, Rig, said


@pytest.mark.parametrize(
    ("sona", "reason"),
    [
        (FakeSona(broken=True), "sona_unavailable"),
        (FakeSona(status=500), "sona_unavailable"),
        (FakeSona(has_batch=False, status=503), "sona_unavailable"),
    ],
)
async def test_without_sona_it_fails_with_the_reason_or_uses_what_is_cached(sona: FakeSona, reason: str) -> None:
    rig = Rig(sona)
    without = await rig.personalize()
    rig.keep(jaws=1.0)
    with_some = await rig.personalize()

    assert said(without) == ("failed", reason)
    assert without.order == [0, 1, 2]
    assert said(with_some) == ("partial", reason)


async def test_an_answer_that_makes_no_sense_is_a_reason_of_its_own() -> None:
    outcome = await Rig().personalize(sona=sona_over(lambda _: httpx.Response(200, content=b"<html>")))

    assert said(outcome) == ("failed", "sona_invalid")


async def test_without_a_cache_everything_is_asked_live_and_the_reason_says_so(counted: Counted) -> None:
    rig = Rig()
    rig.cache.read_fails = True
    rig.parameters.values = {"variants/high_boost": "0.4"}

    outcome = await rig.personalize()

    assert said(outcome) == ("applied", "cache_unavailable")
    assert outcome.order == [0, 2, 1]
    assert not rig.cached()
    assert counted()["CacheFailed"] == 1


async def test_a_write_back_that_fails_costs_nothing_but_a_count(counted: Counted) -> None:
    rig = Rig()
    rig.cache.write_fails = True

    assert said(await rig.personalize()) == ("applied", None)
    assert counted()["CacheFailed"] == 1


async def test_the_write_back_is_dropped_when_the_user_was_invalidated_meanwhile(counted: Counted) -> None:
    rig = Rig()
    rig.cache.before_write = lambda: rig.cache.versions.update({HASH: b"1"})

    outcome = await rig.personalize()

    assert said(outcome) == ("applied", None)
    assert not rig.cached()
    assert counted()["WriteBackDropped"] == 1


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, object]]:
    """What was logged, and the reason that each line gives."""
    return [(record.getMessage(), vars(record).get("reason")) for record in caplog.records]


async def test_the_log_says_what_failed_and_why(caplog: pytest.LogCaptureFixture, counted: Counted) -> None:
    """docs/operate.md asks for these lines."""
    rig = Rig(FakeSona(LIKES, status=500))
    rig.cache.read_fails = True
    rig.parameters.values = {"variants/high_boost": "0.4"}
    await rig.personalize()

    assert ("cache unavailable", "ConnectionError") in lines(caplog)
    assert ("SONA failed", "sona_unavailable: status 500") in lines(caplog)
    assert counted()["SonaFailed"] == 1

    rig = Rig()
    rig.cache.write_fails = True
    await rig.personalize()

    assert ("write-back failed", "TimeoutError") in lines(caplog)


class Bug(Exception):
    """What nobody expects."""


class BuggyCache(FakeScoreCache):
    async def read(self, *_: object, **__: object) -> Any:
        raise Bug


class BuggyWriteBack(FakeScoreCache):
    async def write_back(self, *_: object) -> Any:
        raise Bug


async def test_nothing_raised_below_reaches_the_search(counted: Counted, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise Bug

    broken_below: list[Callable[[], Any]] = [
        lambda: Rig().personalize(cache=BuggyCache()),
        lambda: Rig().personalize(sona=sona_over(broken)),
    ]
    for personalize in broken_below:
        assert said(await personalize()) == ("failed", "internal_error")
    assert counted()["PersonalizationBroken"] == 2
    assert lines(caplog).count(("personalization failed", "Bug")) == 2


async def test_scores_at_hand_are_used_though_what_follows_breaks() -> None:
    outcome = await Rig().personalize(variant=None, cache=BuggyWriteBack())

    assert said(outcome) == ("applied", "internal_error")
    assert outcome.summary().scored == 3
