"""The loop as it is deployed: events function, queue, profile function, engine, lake; real processes and servers."""

import asyncio
import contextlib
import gzip
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from aiohttp import ClientSession

from discovery.privacy.hashing import user_hash
from local.stack.aws import AwsEndpoint
from local.stack.configuration import Wiring, function_environment
from local.stack.deployment import DeliveryStream, FunctionSpec, Queue
from local.stack.eventbridge import EventBus
from local.stack.function import Function
from local.stack.lake import Lake
from local.stack.processes import ROOT, Process
from local.stack.queue import MessageQueue
from sona.store.dynamodb import DynamoStore, dynamodb_client
from sona.store.table import create_table
from tests import catalogues, tokens
from tests.events import http_event
from tests.integration.sona.engines import USER_KEY, engine, small_model, url_of

PATIENCE = 60
"""Seconds; this machine may be busy."""
VISIBILITY_SECONDS = 3


@dataclass(frozen=True)
class Loop:
    """What a test sends to and looks into."""

    events: Function
    profile_events: Function
    store: DynamoStore
    bucket: str
    engine: Process

    async def send(self, body: dict[str, Any], token: str) -> dict[str, Any]:
        """Send a batch once; the function's response. Raises FunctionError where its process ends meanwhile."""
        response: dict[str, Any] = await self.events.invoke(http_event("POST", "/v1/events", body=body, token=token))
        return response

    def profile(self, user: str) -> dict[int, int]:
        """By title key, when the person met it last (Unix seconds)."""
        history = self.store.read(user_hash(user, USER_KEY)).history
        return dict(zip(history.keys.tolist(), history.at.tolist(), strict=True))

    def outcomes(self) -> list[dict[str, Any]]:
        """All records of the lake, those that are there twice included."""
        s3 = boto3.client("s3")
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix="outcomes/day="):
            for one in page.get("Contents", []):
                content = gzip.decompress(s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read())
                found += [json.loads(line) for line in content.splitlines()]
        s3.close()
        return found


@contextlib.asynccontextmanager
async def looping(folder: Path, moto_url: str, valkey_url: str) -> AsyncIterator[Loop]:
    """Run the loop; needs the environment of the fixture `aws`."""
    name = uuid.uuid4().hex
    table, bucket, queue_name = f"profiles-{name}", f"lake-{name}", "discovery-loop-profile-events"
    await asyncio.to_thread(create_table, dynamodb_client(timeout=PATIENCE), table)
    bundle = catalogues.build(folder / "bundle")
    small_model(folder)
    process = engine(folder, "engine", model=folder / "model", moto_url=moto_url, table=table)
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(auto_decompress=False))
        streams = [DeliveryStream("discovery-loop-outcomes", "outcomes/day=!{timestamp:yyyy-MM-dd}/", ".jsonl.gz")]
        lake = Lake(session, moto_url, bucket, streams, report=print)
        await lake.create()
        lake.start()
        stack.push_async_callback(lake.stop)
        endpoint = AwsEndpoint(session, moto_url, EventBus([], {}, report=print), lake)
        await endpoint.start()
        stack.push_async_callback(endpoint.stop)
        await asyncio.to_thread(stack.enter_context, process)
        wiring = Wiring(
            stage="loop",
            catalogue=bundle,
            sona_url=url_of(process),
            aws_endpoint_url=endpoint.url,
            valkey_url=valkey_url,
            jwks=tokens.settings().jwks or {},
            user_key=USER_KEY.decode(),
        )
        issuer = {"DISCOVERY_AUTH_ISSUER": tokens.ISSUER, "DISCOVERY_AUTH_AUDIENCE": tokens.AUDIENCE}
        functions = []
        for folder_name in ("events", "profile_events"):
            file = ROOT / "functions" / folder_name / "app.py"
            spec = FunctionSpec(folder_name, file, "lambda_handler", 30, 512)
            env = function_environment(spec, wiring) | issuer
            log = folder / f"{folder_name}.log"
            function = Function(spec, env=env, environments=1, log=log, report=print)
            await function.start()
            stack.push_async_callback(function.stop)
            functions.append(function)
        await asyncio.gather(*(function.ready() for function in functions))
        spec_of_queue = Queue(queue_name, "profile_events", f"{queue_name}-dead-letters", VISIBILITY_SECONDS, 100, 10)
        queue = MessageQueue(session, endpoint.url, spec_of_queue, functions[1], pollers=1, report=print)
        await queue.create()
        queue.start()
        stack.push_async_callback(queue.stop)
        yield Loop(functions[0], functions[1], DynamoStore(dynamodb_client(timeout=PATIENCE), table), bucket, process)


async def until(condition: Any, patience: float = PATIENCE) -> float:
    """Wait until a condition, looked at in a thread, holds; returns the seconds it took."""
    began = time.monotonic()
    async with asyncio.timeout(patience):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - nothing sets an event
            await asyncio.sleep(0.2)
    return time.monotonic() - began
