"""A system for each test: real Valkey, an SSM API behind a counting proxy, two search environments, no SONA."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiohttp import ClientSession

from discovery.composition.invalidation import invalidation_service
from discovery.composition.search import search_service
from discovery.settings.settings import Settings
from functions.invalidation.app import make_handler
from lab.propagation.meter import Meter
from local.stack.aws import AwsEndpoint
from local.stack.deployment import read_deployment
from local.stack.eventbridge import EventBus
from local.stack.processes import ROOT
from tests import catalogues
from tests.integration.policy.system import Invalidation, System

ENVIRONMENTS = 2

Running = Callable[..., AbstractAsyncContextManager[System]]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def usual(bundle: Path, valkey_url: str, unused_tcp_port: int) -> dict[str, dict[str, Any]]:
    """The settings' sections; deadlines are generous, and nobody listens where SONA should be."""
    return {
        "catalogue": {"path": bundle},
        "personalization": {"sona_url": f"http://127.0.0.1:{unused_tcp_port}", "timeout_ms": 5_000},
        "cache": {"url": valkey_url, "timeout_ms": 1_000},
        "privacy": {"user_key": "key"},
        "policy": {},
    }


@pytest.fixture
def running(usual: dict[str, dict[str, Any]], moto_endpoint: str, stage: str, aws: pytest.MonkeyPatch) -> Running:
    """A function that runs a system, with a section's settings changed."""

    @contextlib.asynccontextmanager
    async def run(**changes: dict[str, Any]) -> AsyncIterator[System]:
        sections = {name: values | changes.get(name, {}) for name, values in usual.items()}
        settings = Settings.model_validate({"stage": stage, **sections})
        invalidations = invalidation_service(settings)
        invalidation = Invalidation(make_handler(lambda: invalidations))
        async with contextlib.AsyncExitStack() as stack:
            session = await stack.enter_async_context(ClientSession(auto_decompress=False))
            meter = Meter(session, moto_endpoint)
            stack.push_async_callback(meter.stop)
            aws.setenv("AWS_ENDPOINT_URL", await meter.start())
            rules = read_deployment(ROOT / "template.yaml", stage=stage).rules
            bus = EventBus(rules, {"invalidation": invalidation}, report=print)
            stack.push_async_callback(bus.stop)
            endpoint = AwsEndpoint(session, moto_endpoint, bus)
            stack.push_async_callback(endpoint.stop)
            ssm = stack.enter_context(contextlib.closing(boto3.client("ssm", endpoint_url=await endpoint.start())))
            environments = [search_service(settings) for _ in range(ENVIRONMENTS)]
            for service in environments:
                stack.push_async_callback(asyncio.to_thread, service.close)
            yield System(ssm, settings.policy_prefix, meter, invalidation, environments)

    return run
