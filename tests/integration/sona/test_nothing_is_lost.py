"""Engines that are killed between storing and announcing lose neither an update nor an invalidation.

UPDATES_EACH=20 has a thousand updates of fifty people instead of two hundred.
"""

import asyncio
import os
import random
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from discovery.privacy.hashing import user_hash
from local.stack.function import Function
from local.stack.processes import Process
from sona.history import title_key
from sona.store.dynamodb import DynamoStore, dynamodb_client
from sona.store.table import create_table
from tests import catalogues
from tests.integration.killing import kill_at_work
from tests.integration.sona.announcements import PATIENCE, announcing
from tests.integration.sona.engines import USER_KEY, engine, small_model, updates_of, url_of

PEOPLE = 50
UPDATES_EACH = int(os.environ.get("UPDATES_EACH", "4"))
KILLS = 4
"""Of each engine."""


class App:
    """Sends updates one after the other to an engine, and again what was not acknowledged."""

    def __init__(self, process: Process, updates: Sequence[dict[str, Any]], chance: random.Random) -> None:
        self._process = process
        self._updates = updates
        self._killed_at = set(chance.sample(range(len(updates)), KILLS))
        self._chance = chance
        self.deaths = 0

    async def run(self) -> None:
        async with httpx.AsyncClient(base_url=url_of(self._process), timeout=PATIENCE, trust_env=False) as client:
            for number, update in enumerate(self._updates):
                killing = asyncio.create_task(self._kill()) if number in self._killed_at else None
                while not await self._acknowledged(client, update):
                    await asyncio.to_thread(self._restart)
                if killing is not None:
                    await killing

    async def _acknowledged(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        try:
            answer = await client.post("/api/v1/profile/update", json=update)
        except httpx.HTTPError:
            self.deaths += 1
            return False
        return answer.status_code == 200

    async def _kill(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.04))  # before, while and after it is stored
        self._process.kill()

    def _restart(self) -> None:
        self._process.stop()
        self._process.__enter__()


@pytest.fixture
def table(aws: pytest.MonkeyPatch) -> str:
    name = f"profiles-{uuid.uuid4().hex}"
    create_table(dynamodb_client(timeout=PATIENCE), name)
    return name


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    small_model(folder)
    return folder / "model"


def last_records(table: str) -> dict[str, str]:
    """The id of the stream's last record of each person."""
    streams = boto3.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=table)["Streams"]
    where = {"StreamArn": stream["StreamArn"]}
    (shard,) = streams.describe_stream(**where)["StreamDescription"]["Shards"]
    where |= {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**where)["ShardIterator"]
    last: dict[str, str] = {}
    while records := (answer := streams.get_records(ShardIterator=iterator))["Records"]:
        last |= {record["dynamodb"]["Keys"]["user"]["S"]: record["eventID"] for record in records}
        iterator = answer["NextShardIterator"]
    return last


async def kill_again_and_again(function: Function, chance: random.Random) -> None:
    """Kill the function at its work: before, while and after it tells the bus."""
    while True:
        await kill_at_work(function, chance, within=0.01)
        await asyncio.sleep(chance.uniform(0, 1))


async def test_killed_engines_lose_no_update_and_no_invalidation_and_double_none(
    moto_endpoint: str, table: str, model: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)  # noqa: S311 - which process dies when
    people = [f"person {number}" for number in range(PEOPLE)]
    updates = updates_of(people, UPDATES_EACH)
    engines = [engine(tmp_path, f"engine-{n}", model=model, moto_url=moto_endpoint, table=table) for n in range(2)]

    async with announcing(tmp_path, moto_endpoint, table) as announcements:
        with engines[0], engines[1]:
            # Given engines and a function that are killed now and then, while both engines have events of everybody
            apps = [App(process, updates[n::2], chance) for n, process in enumerate(engines)]
            killing = asyncio.create_task(kill_again_and_again(announcements.function, chance))
            await asyncio.gather(*(app.run() for app in apps))

        # When all updates are acknowledged
        expected = await asyncio.to_thread(last_records, table)
        await asyncio.sleep(1)
        killing.cancel()
        async with asyncio.timeout(60):
            while {e["detail"]["subject"]: e["detail"]["id"] for e in announcements.all} != expected:
                await announcements.next()

    # Then each person has every title once, and was announced after the last change
    store = DynamoStore(dynamodb_client(timeout=PATIENCE), table)
    met = sorted(title_key(content.id) for content in catalogues.CONTENTS[:UPDATES_EACH])
    hashes = {user_hash(user, USER_KEY) for user in people}
    for user in hashes:
        kept = await asyncio.to_thread(store.read, user)
        assert sorted(kept.history.keys) == met
        assert kept.version == UPDATES_EACH
    assert expected.keys() == hashes
    assert sum(app.deaths for app in apps) > 0


def test_two_engines_behind_one_address_see_each_others_updates(
    moto_endpoint: str, table: str, model: Path, tmp_path: Path
) -> None:
    one, other = (engine(tmp_path, f"engine-{n}", model=model, moto_url=moto_endpoint, table=table) for n in range(2))
    (update,) = updates_of(["ana"], 1)
    asked = {"user_id": "ana", "content_ids": [content.id for content in catalogues.CONTENTS]}
    with one, other, httpx.Client(timeout=PATIENCE, trust_env=False) as client:

        def scores() -> Any:
            return client.post(f"{url_of(other)}/api/v1/personalization/scores", json=asked).json()["scores"]

        newcomer = scores()
        client.post(f"{url_of(one)}/api/v1/profile/update", json=update).raise_for_status()
        known = scores()
        client.delete(f"{url_of(one)}/api/v1/users/ana").raise_for_status()

        assert known != newcomer
        assert scores() == newcomer
