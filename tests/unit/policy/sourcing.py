"""A policy source among fakes, and a clock that stands."""

from discovery.policy.policy import Policy
from discovery.policy.snapshot import encode
from discovery.policy.source import PolicySource
from tests.clock import StandingClock
from tests.fakes import FakeParameters, FakeStore, parameters

MAX_AGE = 60.0
LONG = 10.0
"""Seconds; a patience that no test uses up."""


class Rig:
    """A policy source and what is around it."""

    def __init__(self, *, default_suffices: bool = False, **values: str) -> None:
        self.clock = StandingClock(1_000_000.0)
        self.parameters = FakeParameters(values)
        self.store = FakeStore()
        self.source = PolicySource(
            *(self.parameters, self.store, Policy(boost_weight=0.25)),
            max_age_sec=MAX_AGE,
            default_suffices=default_suffices,
            wall_clock=self.clock,
        )

    def snapshot(self, age: float = 0, **values: str) -> bytes:
        return encode(parameters(values), self.clock.now - age).encode()

    async def weight(self, found: bytes | None = None, patience: float = LONG, *, last: bytes | None = None) -> float:
        return (await self.source.settle(found, patience, last_found=last)).boost_weight

    def refreshed(self) -> bool:
        """Wait for the reading that is due or under way, if any; whether there was one."""
        reading = self.source.refresh_if_old()
        if reading is not None:
            reading.result(LONG)
        return reading is not None
