"""What a table's stream brings to a function, in front of a real moto server: all of it, in order, until it is done."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiohttp import ClientSession

from local.stack.credentials import REGION
from local.stack.gateway import Invocable
from local.stack.processes import HOST, free_port, moto, moto_server
from local.stack.runtime_api import FunctionError
from local.stack.table_stream import TableStream
from sona.store.table import create_table
from tests.integration.sona.announcements import PATIENCE, announcing, running

ECHO = Path(__file__).parent / "fixtures" / "echo" / "app.py"


class Recorder:
    """Plays the function: answers what it is told to in turn, then that all is done."""

    def __init__(self, *answers: object) -> None:
        self.batches: list[list[str]] = []
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self._answers = list(answers)

    async def invoke(self, event: Any) -> Any:
        self.batches.append([record["dynamodb"]["Keys"]["user"]["S"] for record in event["Records"]])
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):  # the place of a record that fails
            number = event["Records"][answer]["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        if answer is None:
            await self.events.put(event)
        return answer

    async def next(self) -> Any:
        return await asyncio.wait_for(self.events.get(), PATIENCE)


class Keeping:
    """Passes invocations on, and keeps what they were answered."""

    def __init__(self, function: Invocable) -> None:
        self.answers: asyncio.Queue[Any] = asyncio.Queue()
        self._function = function

    async def invoke(self, event: Any) -> Any:
        answer = await self._function.invoke(event)
        await self.answers.put(answer)
        return answer


@pytest.fixture(scope="module")
def moto_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto")) as url:
        yield url


def dynamodb(url: str) -> Any:
    session = boto3.Session("local", "local", region_name=REGION)
    return session.client("dynamodb", endpoint_url=url)


@pytest.fixture
def table(moto_url: str) -> str:
    name = f"profiles-{uuid.uuid4().hex}"
    create_table(dynamodb(moto_url), name)
    return name


def put(url: str, table: str, *users: str) -> None:
    client = dynamodb(url)
    for user in users:
        client.put_item(TableName=table, Item={"user": {"S": user}})


@contextlib.asynccontextmanager
async def streaming(url: str, table: str, function: Invocable, reports: list[str] | None = None) -> AsyncIterator[None]:
    async with ClientSession() as session:
        report = (reports if reports is not None else []).append
        stream = TableStream(session, url, table, function, report=report)
        stream.start()
        try:
            yield
        finally:
            await stream.stop()


def users(event: Mapping[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["user"]["S"] for record in event["Records"]]


async def test_a_function_is_given_the_records_as_lambda_would(moto_url: str, table: str, tmp_path: Path) -> None:
    put(moto_url, table, "ana", "ben", "ana")

    async with running(tmp_path, ECHO) as function:
        echo = Keeping(function)
        async with streaming(moto_url, table, echo):
            event = await asyncio.wait_for(echo.answers.get(), PATIENCE)

    assert users(event) == ["ana", "ben", "ana"]
    assert [record["eventName"] for record in event["Records"]] == ["INSERT", "INSERT", "MODIFY"]
    for record in event["Records"]:
        assert record["eventSourceARN"].startswith(f"arn:aws:dynamodb:{REGION}:123456789012:table/{table}/stream/")
        assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int | float)
        assert record["dynamodb"]["StreamViewType"] == "KEYS_ONLY"
        assert not {"NewImage", "OldImage"} & record["dynamodb"].keys()


async def test_what_is_written_later_comes_later_and_once(moto_url: str, table: str) -> None:
    recorder = Recorder()
    async with streaming(moto_url, table, recorder):
        await asyncio.to_thread(put, moto_url, table, "ana")
        first = await recorder.next()
        await asyncio.to_thread(put, moto_url, table, "ben")
        second = await recorder.next()

    assert (users(first), users(second)) == (["ana"], ["ben"])


async def test_a_batch_that_fails_is_given_again_until_it_is_done(moto_url: str, table: str) -> None:
    put(moto_url, table, "ana", "ben")
    reports: list[str] = []
    recorder = Recorder(FunctionError("Busy", "not now"), FunctionError("Busy", "not yet"))

    async with streaming(moto_url, table, recorder, reports):
        await recorder.next()

    assert recorder.batches == [["ana", "ben"]] * 3
    assert len(reports) == 2


async def test_after_a_partial_failure_it_goes_on_from_the_record_that_failed(moto_url: str, table: str) -> None:
    put(moto_url, table, "ana", "ben", "cyd")
    recorder = Recorder(1, 0)

    async with streaming(moto_url, table, recorder):
        await recorder.next()

    assert recorder.batches == [["ana", "ben", "cyd"], ["ben", "cyd"], ["ben", "cyd"]]


async def test_a_failure_of_no_record_of_the_batch_is_one_of_the_whole_batch(moto_url: str, table: str) -> None:
    put(moto_url, table, "ana", "ben")
    recorder = Recorder({"batchItemFailures": [{"itemIdentifier": "7"}]})

    async with streaming(moto_url, table, recorder):
        await recorder.next()

    assert recorder.batches == [["ana", "ben"]] * 2


async def test_many_records_come_a_hundred_at_a_time(moto_url: str, table: str) -> None:
    names = [f"user {number}" for number in range(120)]
    put(moto_url, table, *names)
    recorder = Recorder()

    async with streaming(moto_url, table, recorder):
        first, second = await recorder.next(), await recorder.next()

    assert users(first) + users(second) == names
    assert len(users(first)) == 100


async def test_a_table_may_come_later_and_be_lost_with_its_server(tmp_path: Path) -> None:
    port, recorder = free_port(), Recorder()
    url = f"http://{HOST}:{port}"

    def fill(name: str) -> None:
        create_table(dynamodb(url), "profiles")
        put(url, "profiles", name)

    async with streaming(url, "profiles", recorder):
        for name in ("ana", "ben"):
            with moto_server(port, tmp_path):
                await asyncio.to_thread(fill, name)
                assert users(await recorder.next()) == [name]


async def test_whoever_changes_is_announced_on_the_bus(moto_url: str, table: str, tmp_path: Path) -> None:
    """By the function that does so on AWS, between moto's stream and the stack's event bus."""
    ana = "a" * 32
    async with announcing(tmp_path, moto_url, table) as announcements:
        client = dynamodb(announcements.url)
        await asyncio.to_thread(put, announcements.url, table, ana)
        stored = await announcements.next()
        await asyncio.to_thread(client.delete_item, TableName=table, Key={"user": {"S": ana}})
        erased = await announcements.next()

    assert stored["detail"]["data"] == {"user_hash": ana, "erased": False}
    assert erased["detail"]["data"] == {"user_hash": ana, "erased": True}
    assert stored["detail"]["id"] != erased["detail"]["id"]
    assert stored["resources"] == [f"arn:aws:dynamodb:{REGION}:123456789012:table/{table}"]
