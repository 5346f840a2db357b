"""The stack's AWS endpoint, met with the plain `aws` CLI in front of a real moto server."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from local.stack.aws import AwsEndpoint
from local.stack.credentials import CREDENTIALS
from local.stack.deployment import Rule
from local.stack.eventbridge import EventBus
from local.stack.processes import moto
from local.stack.runtime_api import FunctionError

RULES = [
    Rule({"source": ["sona"], "detail-type": ["UserPreferencesUpdated"]}, "recorder"),
    Rule({"source": ["aws.ssm"], "detail": {"name": [{"prefix": "/discovery/test/"}]}}, "recorder"),
]
WEIGHT = "/discovery/test/boost_weight"


class Recorder:
    """Plays the function: keeps what it is invoked with, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self._failures = failures

    async def invoke(self, event: Any) -> None:
        if self._failures:
            self._failures -= 1
            raise FunctionError("Busy", "try again")
        await self.events.put(event)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.events.get(), 2)


@pytest.fixture(scope="module")
def moto_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto")) as url:
        yield url


@contextlib.asynccontextmanager
async def endpoint(moto_url: str, recorder: Recorder) -> AsyncIterator[str]:
    async with ClientSession(auto_decompress=False) as session:
        bus = EventBus(RULES, {"recorder": recorder}, report=print)
        proxy = AwsEndpoint(session, moto_url, bus)
        try:
            yield await proxy.start()
        finally:
            await proxy.stop()
            await bus.stop()


async def aws(url: str, *arguments: str, region: str = "eu-west-1") -> Any:
    program = str(Path(sys.executable).parent / "aws")
    environment = {"PATH": os.environ["PATH"], **CREDENTIALS, "AWS_DEFAULT_REGION": region}
    process = await asyncio.create_subprocess_exec(
        program, *arguments, "--endpoint-url", url, "--output", "json", env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output) if output.strip() else None


async def test_a_parameters_life_arrives_as_the_events_aws_would_send(moto_url: str) -> None:
    recorder = Recorder()
    async with endpoint(moto_url, recorder) as url:
        put = ("ssm", "put-parameter", "--name", WEIGHT, "--value")
        await aws(url, *put, "0.25", "--type", "String", "--description", "the default")
        created = await recorder.next()
        await aws(url, *put, "0.4", "--overwrite")
        updated = await recorder.next()
        read = await aws(url, "ssm", "get-parameter", "--name", WEIGHT)
        await aws(url, "ssm", "delete-parameter", "--name", WEIGHT)
        deleted = await recorder.next()

    assert (created["source"], created["detail-type"]) == ("aws.ssm", "Parameter Store Change")
    assert created["detail"] == {
        "name": WEIGHT,
        "type": "String",
        "operation": "Create",
        "description": "the default",
    }
    assert created["resources"] == [f"arn:aws:ssm:eu-west-1:123456789012:parameter{WEIGHT}"]
    assert {"version", "id", "account", "time", "region"} < created.keys()
    assert (updated["detail"]["operation"], updated["detail"]["type"]) == ("Update", "String")
    assert read["Parameter"]["Value"] == "0.4"
    assert deleted["detail"]["operation"] == "Delete"


async def test_other_parameters_and_other_regions_send_the_function_nothing(moto_url: str) -> None:
    recorder = Recorder()
    async with endpoint(moto_url, recorder) as url:
        put = ("ssm", "put-parameter", "--value", "1", "--type", "String", "--name")
        await aws(url, *put, "/elsewhere/weight")
        await aws(url, *put, WEIGHT, region="us-east-1")
        await asyncio.sleep(0.2)

    assert recorder.events.empty()


async def test_put_events_delivers_what_a_rule_matches_and_says_what_it_refused(moto_url: str) -> None:
    recorder = Recorder()
    entries = [
        {"Source": "sona", "DetailType": "UserPreferencesUpdated", "Detail": '{"user_id": "ana"}', "Resources": ["r"]},
        {"Source": "sona", "DetailType": "SomethingElse", "Detail": "{}"},
        {"Source": "sona", "DetailType": "UserPreferencesUpdated", "Detail": "no JSON"},
    ]
    async with endpoint(moto_url, recorder) as url:
        answer = await aws(url, "events", "put-events", "--entries", json.dumps(entries))
        event = await recorder.next()
        await asyncio.sleep(0.1)

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][2]["ErrorCode"] == "MalformedDetail"
    assert event["detail"] == {"user_id": "ana"}
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert event["resources"] == ["r"]
    assert recorder.events.empty()


async def test_a_delivery_that_fails_twice_is_tried_again(moto_url: str) -> None:
    recorder = Recorder(failures=2)
    entry = {"Source": "sona", "DetailType": "UserPreferencesUpdated", "Detail": "{}"}
    async with endpoint(moto_url, recorder) as url:
        await aws(url, "events", "put-events", "--entries", json.dumps([entry]))
        event = await recorder.next()

    assert event["detail-type"] == "UserPreferencesUpdated"


async def test_the_endpoint_says_so_when_the_apis_behind_it_are_gone(unused_tcp_port: int) -> None:
    async with endpoint(f"http://127.0.0.1:{unused_tcp_port}", Recorder()) as url, ClientSession() as session:
        headers = {"X-Amz-Target": "AmazonSSM.GetParameter"}
        async with session.post(url, data=b"{}", headers=headers) as response:
            assert response.status == 503


def test_a_pattern_that_would_be_misread_is_refused() -> None:
    rule = Rule({"detail": {"weight": [{"numeric": [">", 0]}]}}, "recorder")

    with pytest.raises(ValueError, match="numeric"):
        EventBus([rule], {}, report=print)


async def test_an_object_of_s3_is_read_back_after_asking_how_long_it_is(moto_url: str, tmp_path: Path) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(b"as it was")
    async with endpoint(moto_url, Recorder()) as url:
        await aws(url, "s3api", "create-bucket", "--bucket", "lake", region="us-east-1")
        await aws(url, "s3", "cp", str(there), "s3://lake/object", "--only-show-errors")
        told = await aws(url, "s3api", "head-object", "--bucket", "lake", "--key", "object")
        await aws(url, "s3", "cp", "s3://lake/object", str(back), "--only-show-errors")

    assert told["ContentLength"] == len(b"as it was")
    assert back.read_bytes() == b"as it was"
