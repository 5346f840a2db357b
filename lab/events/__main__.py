"""Measure `POST /v1/events` in one environment, with a real Valkey, and Firehose and SQS that answer at once.

    python -m lab.events --bundle .local/catalogues/demo [--batches 300]

"Bare" is what no way around is known for: the same two calls with boto3 at once, and the marks of the batch.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from discovery.catalogue.bundle import open_catalogue
from discovery.events.delivery import aws_clients
from discovery.events.marks import mark_key
from discovery.settings.cache import CacheSettings
from discovery.statistics.percentiles import percentile
from discovery.valkey.connections import async_valkey
from local.stack.credentials import CREDENTIALS
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.processes import HOST, Process, free_port, valkey

SIZES = (1, 5, 20, 100)
"""Events of a batch."""
_WARM = 20


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description="Measure POST /v1/events.")
    parser.add_argument("--bundle", type=Path, required=True, help="folder of an index bundle")
    parser.add_argument("--batches", type=int, default=300)
    arguments = parser.parse_args()
    table = Table("events", "p50 ms", "p99 ms", "CPU ms", "bare p50 ms", "bare CPU ms", "ratio of CPU", "events/s")
    with (
        tempfile.TemporaryDirectory() as folder,
        _servers() as (aws_url, valkey_url),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        issuer = Issuer(Path(folder))
        os.environ |= _environment(arguments.bundle, aws_url, valkey_url, issuer)
        titles = open_catalogue(arguments.bundle).ids
        for size in SIZES:
            table.add_row(str(size), *_row(size, arguments.batches, titles, valkey_url, issuer.sign("ana")))
    Console().print(table)


def _row(size: int, batches: int, titles: list[str], valkey_url: str, token: str) -> list[str]:
    handler, context = _handler(), _Context()
    times, cpu = _timed(batches, lambda: handler(_request(size, titles, token), context))
    with asyncio.Runner() as runner:
        bare = _bare(size, valkey_url)
        bare_times, bare_cpu = _timed(batches, lambda: runner.run(bare()))
    rate = size * len(times) / (sum(times) / 1000)
    figures = (percentile(times, 0.5), percentile(times, 0.99), cpu, percentile(bare_times, 0.5), bare_cpu)
    return [*(f"{figure:.2f}" for figure in figures), f"{cpu / bare_cpu:.2f}", f"{rate:.0f}"]


def _timed(batches: int, once: Callable[[], Any]) -> tuple[list[float], float]:
    """Milliseconds of each call, and of the CPU on average."""
    for _ in range(_WARM):
        once()
    times, began = [], time.process_time()
    for _ in range(batches):
        start = time.perf_counter()
        once()
        times.append((time.perf_counter() - start) * 1000)
    return times, (time.process_time() - began) * 1000 / batches


def _handler() -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    sys.path.insert(0, str(Path(__file__).parents[2] / "functions" / "events"))
    from functions.events.app import lambda_handler  # noqa: PLC0415 - reads the environment

    def checked(event: dict[str, Any], context: Any) -> dict[str, Any]:
        response = lambda_handler(event, context)
        if response["statusCode"] != 202:  # noqa: PLR2004
            raise RuntimeError(response["body"])
        return response

    return checked


def _request(size: int, titles: list[str], token: str) -> dict[str, Any]:
    """A batch of one person's plays; their token is verified once a minute."""
    now = datetime.now(UTC).isoformat()
    events = [
        {
            "action_name": "play",
            "timestamp": now,
            "client_id": "tv-1",
            "event_attributes": {
                "event_id": str(uuid.uuid4()),
                "object": {"object_id": titles[number % len(titles)]},
                "position": {"ordinal": number + 1},
                "value": 40,
            },
        }
        for number in range(size)
    ]
    return {
        "version": "2.0",
        "routeKey": "POST /v1/events",
        "rawPath": "/v1/events",
        "headers": {"content-type": "application/json", "authorization": f"Bearer {token}"},
        "requestContext": {"http": {"method": "POST", "path": "/v1/events"}, "stage": "$default"},
        "body": json.dumps({"events": events}),
        "isBase64Encoded": False,
    }


def _bare(size: int, valkey_url: str) -> Callable[[], Any]:
    firehose, sqs = aws_clients()
    queue = os.environ["DISCOVERY_EVENTS_QUEUE_URL"]
    client = async_valkey(CacheSettings(url=valkey_url, timeout_ms=1000))
    data, body = b"x" * 400 * size, "x" * 110 * size  # what events come to

    async def once() -> None:
        keys = [mark_key("bare", uuid.uuid4().hex) for _ in range(size)]
        await client.ask(("MGET", *keys))
        await asyncio.gather(
            asyncio.to_thread(firehose.put_record, DeliveryStreamName="outcomes", Record={"Data": data}),
            asyncio.to_thread(sqs.send_message, QueueUrl=queue, MessageBody=body),
        )
        await client.ask(*(("SET", key, "1", "NX", "EX", 60) for key in keys))

    return once


class _Context:
    function_name = "discovery-lab-events"
    memory_limit_in_mb = 1769
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:discovery-lab-events"
    aws_request_id = "00000000-0000-4000-8000-000000000000"


@contextlib.contextmanager
def _servers() -> Iterator[tuple[str, str]]:
    """URLs of both servers."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "lab.events.aws", str(port)]
        aws = Process("AWS", command, log=Path(folder) / "aws.log", port=port)
        with aws, valkey(Path(folder)) as valkey_url:
            yield f"http://{HOST}:{port}", valkey_url


def _environment(bundle: Path, aws_url: str, valkey_url: str, issuer: Issuer) -> dict[str, str]:
    return CREDENTIALS | {
        "AWS_ENDPOINT_URL": aws_url,
        "DISCOVERY_STAGE": "lab",
        "DISCOVERY_CATALOGUE_PATH": str(bundle.resolve()),
        "DISCOVERY_CACHE_URL": valkey_url,
        "DISCOVERY_CACHE_TIMEOUT_MS": "1000",
        "DISCOVERY_PRIVACY_USER_KEY": "key",
        "DISCOVERY_AUTH_ISSUER": ISSUER,
        "DISCOVERY_AUTH_AUDIENCE": AUDIENCE,
        "DISCOVERY_AUTH_JWKS": json.dumps(issuer.jwks()),
        "DISCOVERY_EVENTS_STREAM": "outcomes",
        "DISCOVERY_EVENTS_QUEUE_URL": f"{aws_url}/123456789012/profile-events",
        "POWERTOOLS_METRICS_NAMESPACE": "Discovery",
        "POWERTOOLS_SERVICE_NAME": "events",
    }


if __name__ == "__main__":
    main()
