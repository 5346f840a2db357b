"""The load: searches over HTTP, each begun at its moment whatever became of those before."""

import asyncio
import time
from collections.abc import Sequence

from aiohttp import ClientError, ClientSession

from lab.chaos.answer import Reply
from lab.chaos.crowd import Search


async def keep_to(schedule: Sequence[Search], session: ClientSession, url: str) -> list[Reply]:
    """Search as scheduled; returns when all have an answer, or no hope of one."""
    began = time.perf_counter()
    tasks = []
    async with asyncio.TaskGroup() as group:
        for search in schedule:
            await asyncio.sleep(max(0.0, began + search.due - time.perf_counter()))
            tasks.append(group.create_task(ask(search, session, url, began)))
    return [task.result() for task in tasks]


async def ask(search: Search, session: ClientSession, url: str, began: float) -> Reply:
    """Make one search of a load that began then, on `time.perf_counter`."""
    parameters = {"query": search.query, "explain": "true"}
    headers = {"Authorization": f"Bearer {search.token}"}
    status, content = None, b""
    try:
        async with session.get(f"{url}/v1/search", params=parameters, headers=headers) as response:
            content = await response.read()
            status = response.status
    except (ClientError, TimeoutError):
        pass  # no answer: judged as lost
    # From when it was due: a loop that is late, or a queue, must not hide what a person would have waited.
    milliseconds = (time.perf_counter() - began - search.due) * 1000
    return Reply(search.due, milliseconds, status, content, search.user)
