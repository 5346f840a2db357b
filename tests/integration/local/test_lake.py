"""The stack's Firehose, its subscription and its queue, beside a real moto."""

import asyncio
import gzip
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiohttp import ClientSession

from local.stack.aws import AwsEndpoint
from local.stack.deployment import DeliveryStream, Queue, Subscription, read_deployment
from local.stack.eventbridge import EventBus
from local.stack.lake import Lake
from local.stack.processes import ROOT
from local.stack.queue import MessageQueue, url_of
from local.stack.runtime_api import FunctionError
from local.stack.subscription import LogSubscription

PATIENCE = 20
STREAM = DeliveryStream("outcomes", "outcomes/day=!{timestamp:yyyy-MM-dd}/", ".jsonl.gz")


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(auto_decompress=False) as made:
        yield made


@pytest.fixture
async def lake(session: ClientSession, aws: pytest.MonkeyPatch, moto_endpoint: str) -> AsyncIterator[Lake]:
    made = Lake(session, moto_endpoint, f"lake-{uuid.uuid4().hex}", [STREAM], report=print)
    await made.create()
    made.start()
    yield made
    await made.stop()


def lines(lake: Lake) -> list[str]:
    bucket, s3 = lake.bucket, boto3.client("s3")
    found: list[str] = []
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        assert one["Key"].startswith("outcomes/day=2")
        assert one["Key"].endswith(".jsonl.gz")
        found += gzip.decompress(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()).decode().splitlines()
    s3.close()
    return found


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - nothing sets an event
            await asyncio.sleep(0.1)


async def test_records_are_gathered_into_compressed_objects(
    lake: Lake, session: ClientSession, moto_endpoint: str
) -> None:
    endpoint = AwsEndpoint(session, moto_endpoint, EventBus([], {}, report=print), lake)
    await endpoint.start()
    client: Any = boto3.client("firehose", endpoint_url=endpoint.url)

    await asyncio.to_thread(client.put_record, DeliveryStreamName="outcomes", Record={"Data": b"1\n2\n"})
    records = [{"Data": b"3\n"}, {"Data": b"4\n"}]
    answer = await asyncio.to_thread(client.put_record_batch, DeliveryStreamName="outcomes", Records=records)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        await asyncio.to_thread(client.put_record, DeliveryStreamName="nothing", Record={"Data": b"1"})

    assert answer["FailedPutCount"] == 0
    await until(lambda: sorted(lines(lake)) == ["1", "2", "3", "4"])
    await endpoint.stop()


async def test_what_a_filter_matches_of_a_log_is_passed_on_and_nothing_else(tmp_path: Path) -> None:
    log, taken = tmp_path / "search.log", list[bytes]()
    log.write_text('{"schema": "mine", "n": 0}\n')
    spec = Subscription("search", "schema", "mine", "exposures")
    subscription = LogSubscription(log, spec, lambda _, records: taken.extend(records))
    subscription.start()

    with log.open("a") as file:
        file.write('{"schema": "mine", "n": 1}\n{"schema": "other"}\n{"message": "mine"}\nplain\n')
        file.write('{"schema": "mine", "n": 2}{"schema": "mine", "n": 3}\n\n{"schema": "mi')
    await until(lambda: len(taken) == 3)
    with log.open("a") as file:
        file.write('ne", "n": 4}\n')
    await until(lambda: len(taken) == 4)

    assert [json.loads(one)["n"] for one in taken] == [1, 2, 3, 4]
    await subscription.stop()


class Handler:
    """Fails messages as it is told."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.bodies: list[list[str]] = []

    async def invoke(self, event: Any) -> Any:
        bodies = [record["body"] for record in event["Records"]]
        self.bodies.append(bodies)
        assert all(record["eventSource"] == "aws:sqs" for record in event["Records"])
        answer = self._answers.pop(0) if self._answers else {"batchItemFailures": []}
        if isinstance(answer, Exception):
            raise answer
        failed = [one["messageId"] for one in event["Records"] if one["body"] in answer.get("fail", ())]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


async def test_messages_that_fail_come_again_and_then_are_dead_letters(
    session: ClientSession, aws: pytest.MonkeyPatch, moto_endpoint: str
) -> None:
    name = f"queue-{uuid.uuid4().hex}"
    handler = Handler(FunctionError("Runtime.ExitError", "killed"), {"fail": ["poison"]}, {"fail": ["poison"]})
    spec = Queue(name, "handler", f"{name}-dead", visibility_timeout=1, max_receives=3, batch=10)
    queue = MessageQueue(session, moto_endpoint, spec, handler, pollers=1, report=print)
    await queue.create()
    sqs: Any = boto3.client("sqs")
    for body in ("poison", "good"):
        await asyncio.to_thread(sqs.send_message, QueueUrl=url_of(moto_endpoint, name), MessageBody=body)

    queue.start()

    def letters() -> list[str]:
        found = sqs.receive_message(QueueUrl=url_of(moto_endpoint, f"{name}-dead")).get("Messages", [])
        return [one["Body"] for one in found]

    await until(lambda: letters() == ["poison"])
    assert sum(bodies.count("good") for bodies in handler.bodies) == 2
    assert sum(bodies.count("poison") for bodies in handler.bodies) == 3
    await queue.stop()


def test_the_template_has_what_the_functions_are_told_of() -> None:
    deployment = read_deployment(ROOT / "template.yaml", stage="local")

    assert [queue.name for queue in deployment.queues] == ["discovery-local-profile-events"]
    assert {stream.name for stream in deployment.delivery_streams} == {
        *("discovery-local-exposures", "discovery-local-outcomes")
    }
    (subscription,) = deployment.subscriptions
    assert (subscription.function, subscription.stream) == ("search", "discovery-local-exposures")
    assert (subscription.field, subscription.value) == ("schema", "discovery.exposure/1")
