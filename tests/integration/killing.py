"""Killing a local function's process at its work."""

import asyncio
import contextlib
import os
import random
import signal

from local.stack.function import Function


async def kill_at_work(function: Function, chance: random.Random, *, within: float) -> list[int]:
    """Kill the function's process as soon as it is at work, or up to `within` seconds later; whom that killed."""
    while not function.busy:  # noqa: ASYNC110 - nothing sets an event
        await asyncio.sleep(0.001)
    await asyncio.sleep(chance.uniform(0, within))
    killed = []
    for pid in function.pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed
