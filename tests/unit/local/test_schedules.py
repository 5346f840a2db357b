"""The schedules of a local stack."""

import asyncio
from collections.abc import Mapping
from typing import Any

from local.stack.deployment import Schedule, read_deployment
from local.stack.processes import ROOT
from local.stack.runtime_api import FunctionError
from local.stack.schedules import Schedules


class Called:
    """A function that counts its events, and fails at the first."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.thrice = asyncio.Event()

    async def invoke(self, event: Mapping[str, Any]) -> Any:
        self.events.append(event)
        if len(self.events) == 3:
            self.thrice.set()
        if len(self.events) == 1:
            raise FunctionError("Busy", "not yet")


async def test_a_function_is_called_again_and_again_also_after_a_failure() -> None:
    function, told = Called(), list[str]()
    every = [Schedule(3600.0, "experiments")]
    schedules = Schedules(every, {"experiments": function}, report=told.append, faster=3_600_000)

    schedules.start()
    await function.thrice.wait()
    await schedules.stop()

    assert {(event["source"], event["detail-type"]) for event in function.events} == {("aws.events", "Scheduled Event")}
    assert told == ["schedule: experiments failed: Busy: not yet"]


def test_the_template_has_one_every_hour() -> None:
    assert read_deployment(ROOT / "template.yaml", stage="dev").schedules == (Schedule(3600.0, "experiments"),)
