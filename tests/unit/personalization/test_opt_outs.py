"""When a marker is written, and what one that was read says; the scripts themselves are tested on a real Valkey."""

from collections.abc import Sequence
from typing import Any

import pytest

from discovery.errors import CacheUnavailable
from discovery.personalization.opt_outs import OptOuts, opt_out_key, opted_out_at
from discovery.valkey.client import AsyncValkey
from tests.conftest import Counted


class Valkey(AsyncValkey):
    """Notes for whom a script was run, and with which time."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, float]] = []
        self.fails = False

    async def run(self, script: str, keys: Sequence[str], *args: str | bytes | int) -> Any:
        del script
        if self.fails:
            raise CacheUnavailable("TimeoutError")
        self.ran.append((keys[0], float(args[0])))


class Rig:
    """Opt-outs over a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.valkey = Valkey()
        self.opt_outs = OptOuts(self.valkey, clock=lambda: self.now)


async def test_a_token_is_marked_once_and_a_later_one_again() -> None:
    rig = Rig()

    for issued_at in (100.0, 100.0, 90.0, 200.0):
        await rig.opt_outs.remember("ana", issued_at)
    await rig.opt_outs.remember("ben", 100.0)

    assert rig.valkey.ran == [(opt_out_key("ana"), 100), (opt_out_key("ana"), 200), (opt_out_key("ben"), 100)]


async def test_without_valkey_it_is_counted_and_tried_again_ten_seconds_later(counted: Counted) -> None:
    rig = Rig()
    rig.valkey.fails = True
    await rig.opt_outs.remember("ana", 100.0)
    rig.valkey.fails = False

    await rig.opt_outs.remember("ana", 100.0)
    assert rig.valkey.ran == []
    rig.now = 10.0
    await rig.opt_outs.remember("ana", 100.0)

    assert len(rig.valkey.ran) == 1
    assert counted()["OptOutNotMarked"] == 1


async def test_nor_does_whoever_is_in_again_wait_for_it_each_time(counted: Counted) -> None:
    rig = Rig()
    rig.valkey.fails = True

    for _ in range(3):
        await rig.opt_outs.forget("ana", 100.0)
    rig.valkey.fails, rig.now = False, 10.0
    await rig.opt_outs.forget("ana", 100.0)

    assert counted()["OptOutNotMarked"] == 1
    assert len(rig.valkey.ran) == 1


async def test_what_is_known_stays_bounded() -> None:
    rig = Rig()
    for number in range(2_500):
        await rig.opt_outs.remember(str(number), 1.0)

    assert len(rig.opt_outs._known) <= 1000


@pytest.mark.parametrize(
    ("answer", "at"), [(None, None), (b"100.5", 100.5), (b"", 0.0), (b"soon", 0.0), (ValueError("WRONGTYPE"), 0.0)]
)
def test_any_value_at_all_is_an_opt_out(answer: object, at: float | None) -> None:
    assert opted_out_at(answer) == at
