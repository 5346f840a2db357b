"""What somebody did reaches their profile and the lake, through whatever dies on the way.

EVENTS=100000 tells a hundred thousand events instead of two thousand.
"""

import asyncio
import contextlib
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from discovery.privacy.hashing import user_hash
from local.stack.function import Function
from local.stack.runtime_api import FunctionError
from sona.history import title_key
from tests import tokens
from tests.catalogues import CONTENTS
from tests.eventing import ubi
from tests.integration.events.loop import Loop, looping, until
from tests.integration.killing import kill_at_work
from tests.integration.sona.engines import USER_KEY, url_of

EVENTS = int(os.environ.get("EVENTS", "2000"))
BATCH = 20 if EVENTS < 10_000 else 100  # small batches, so that processes die often enough
PEOPLE, KILLS = 20, 10
ALIEN = "alien-1979"


async def test_an_event_changes_the_profile_and_is_in_the_lake(
    aws: pytest.MonkeyPatch, moto_endpoint: str, valkey_url: str, tmp_path: Path
) -> None:
    async with looping(tmp_path, moto_endpoint, valkey_url) as loop, httpx.AsyncClient(trust_env=False) as client:

        async def score() -> Any:
            asked = {"user_id": "ana", "content_ids": [content.id for content in CONTENTS]}
            answer = await client.post(f"{url_of(loop.engine)}/api/v1/personalization/scores", json=asked)
            return answer.json()["scores"]

        before = await score()
        told = await loop.send({"events": [ubi("rate", ALIEN, value=5, now=time.time())]}, tokens.token("ana"))
        assert told["statusCode"] == 202, told

        await until(lambda: title_key(ALIEN) in loop.profile("ana"))
        await until(loop.outcomes)
        (outcome,) = loop.outcomes()
        assert await score() != before
        assert (outcome["user"], outcome["content_id"]) == (user_hash("ana", USER_KEY), ALIEN)


async def kill(function: Function, chance: random.Random, killed: list[int]) -> None:
    """Kill a function's process: before, while and after it delivers, marks or tells."""
    for _ in range(KILLS // 2):
        killed += await kill_at_work(function, chance, within=0.03)
        await asyncio.sleep(chance.uniform(0, 1))


async def acknowledged(loop: Loop, body: dict[str, Any], token: str) -> tuple[dict[str, Any], int]:
    """Send a batch until it is taken; the answer, and how often nobody answered."""
    failures = 0
    while True:
        with contextlib.suppress(FunctionError):
            response = await loop.send(body, token)
            if response["statusCode"] == 202:
                return json.loads(response["body"]), failures
        failures += 1


async def test_of_events_told_to_processes_that_are_killed_none_is_lost_and_none_counts_twice(
    aws: pytest.MonkeyPatch, moto_endpoint: str, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(13)  # noqa: S311 - which process dies when
    now = time.time()
    newest: dict[str, dict[int, int]] = {f"person {number}": {} for number in range(PEOPLE)}
    sent: set[tuple[str, str]] = set()
    verdicts: Counter[str] = Counter()
    failures = 0
    async with looping(tmp_path, moto_endpoint, valkey_url) as loop:
        killed: list[int] = []
        killing = [
            asyncio.create_task(kill(function, chance, killed)) for function in (loop.events, loop.profile_events)
        ]
        # Given batches of one person each, of which every other event concerns the profile
        for number in range(EVENTS // BATCH):
            user = f"person {number % PEOPLE}"
            batch = []
            for place in range(BATCH):
                content, at = chance.choice(CONTENTS), now - chance.randrange(86_400)
                event_id = f"{number}-{place}"
                batch.append(ubi("complete" if place % 2 else "click", content.id, now=at, event_id=event_id))
                sent.add((user_hash(user, USER_KEY), event_id))
                if place % 2:
                    met = newest[user]
                    met[title_key(content.id)] = max(int(at), met.get(title_key(content.id), 0))
            # When each is sent until it is acknowledged
            answer, failed = await acknowledged(loop, {"events": batch}, tokens.token(user))
            failures += failed
            verdicts.update(one["verdict"] for one in answer["events"])
        seconds = time.time() - now
        for task in killing:
            task.cancel()

        # Then every profile has the newest of each title, and the lake has every event
        patience = 60 + EVENTS / 200
        await until(lambda: all(loop.profile(user) == met for user, met in newest.items()), patience)
        await until(lambda: {(one["user"], one["event_id"]) for one in loop.outcomes()} >= sent, patience)
        records = await asyncio.to_thread(loop.outcomes)

    assert {(one["user"], one["event_id"]) for one in records} == sent
    assert verdicts["accepted"] + verdicts["duplicate"] == len(sent) == EVENTS // BATCH * BATCH
    assert killed
    with capsys.disabled():  # what happened differs from run to run
        sys.stderr.write(
            f"\n{len(sent)} events, {len(records)} records, {len(killed)} kills, {failures} batches unanswered, "
            f"{dict(verdicts)}, {seconds:.0f} s\n"
        )
