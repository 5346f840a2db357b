"""What the local DynamoDB must keep of the real one's promises, or nothing that is kept in it can be trusted."""

import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from local.stack.moto_process import OneAtATime
from sona.store.dynamodb import dynamodb_client
from sona.store.table import create_table

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WRITERS = 8
ROUNDS = 25
PATIENT = 20.0
"""Seconds; this machine may be busy."""
OVERLAP = 0.2
"""Seconds in which two requests meet if nothing keeps them apart."""


def test_of_writers_at_once_on_one_condition_one_succeeds(aws: pytest.MonkeyPatch) -> None:
    client = dynamodb_client(timeout=PATIENT)
    table = f"profiles-{uuid.uuid4().hex}"
    create_table(client, table)
    ready = threading.Barrier(WRITERS)

    def written(number: int) -> bool:
        ready.wait(PATIENT)
        item = {"user": {"S": f"user {number}"}, "version": {"N": "1"}}
        try:
            client.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(version)")
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as writers:
        for number in range(ROUNDS):
            assert sum(writers.map(written, [number] * WRITERS)) == 1


@pytest.mark.parametrize(
    ("target", "meet"),
    [("DynamoDB_20120810.PutItem", False), ("DynamoDBStreams_20120810.GetRecords", True), ("AmazonSSM.Get", True)],
)
def test_only_requests_to_dynamodb_wait_for_each_other(target: str, meet: bool) -> None:
    both_here = threading.Barrier(2)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            both_here.wait(PATIENT if meet else OVERLAP)
        except threading.BrokenBarrierError:
            return [b"alone"]
        return [b"met"]

    served = OneAtATime(application)
    with ThreadPoolExecutor(2) as requests:
        told = list(requests.map(lambda _: served({"HTTP_X_AMZ_TARGET": target}, None), range(2)))  # type: ignore[arg-type]

    assert told == [[b"met"] if meet else [b"alone"]] * 2
