"""Servers of a stack that end: started again on their ports, what they lost put back, and given up at some point."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientSession

from local.stack.aws import AwsEndpoint, ParameterStore
from local.stack.eventbridge import EventBus
from local.stack.processes import HOST, Process, free_port, moto_server, valkey_server
from local.stack.restarts import RESTARTS, Servers


class Reports(asyncio.Queue[str]):
    async def next(self) -> str:
        return await asyncio.wait_for(self.get(), 30)


async def nothing(_: Process) -> None:
    """Nothing is lost that anybody would miss."""


@contextlib.asynccontextmanager
async def started(server: Process, reports: Reports) -> AsyncIterator[Servers]:
    servers = Servers([server], report=reports.put_nowait, first_pause=0.01)
    servers.start()
    try:
        await servers.ready()
        yield servers
    finally:
        await servers.stop()


async def test_a_killed_server_is_restarted_on_its_port_and_that_is_said(tmp_path: Path) -> None:
    port, reports = free_port(), Reports()
    async with started(valkey_server(port, tmp_path), reports) as servers:
        servers.keep(nothing)
        first = servers.pids["valkey"]
        os.kill(first, signal.SIGKILL)

        assert await reports.next() == f"Valkey ended with exit code -9; restarted (log: {tmp_path / 'valkey.log'})"
        assert servers.pids["valkey"] != first
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"PING\r\n")
        assert await reader.readline() == b"+PONG\r\n"
        writer.close()


async def test_a_server_whose_state_could_not_be_restored_in_time_is_started_once_more(tmp_path: Path) -> None:
    port, reports = free_port(), Reports()
    attempts = 0

    async def late_at_first(_: Process) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise TimeoutError

    async with started(valkey_server(port, tmp_path), reports) as servers:
        servers.keep(late_at_first)
        os.kill(servers.pids["valkey"], signal.SIGKILL)

        assert "restarted" in await reports.next()
        assert attempts == 2


async def test_a_server_that_ends_again_and_again_stays_down_and_that_is_said(tmp_path: Path) -> None:
    # Given a server that serves once, and never again
    port, reports = free_port(), Reports()
    program = f"""
import socket, sys, time
from pathlib import Path
mark = Path({str(tmp_path / "mark")!r})
if mark.exists(): sys.exit(7)
mark.touch()
server = socket.create_server(("{HOST}", {port}))
time.sleep(60)
"""
    server = Process("Frail", [sys.executable, "-c", program], log=tmp_path / "frail.log", port=port)
    async with started(server, reports) as servers:
        servers.keep(nothing)
        os.kill(servers.pids["frail"], signal.SIGKILL)

        report = await reports.next()

    expected = f"Frail ended with exit code 7, {RESTARTS + 1} times within 60 s; it is not restarted"
    assert report.startswith(expected)


async def test_a_restarted_moto_has_the_parameters_as_they_were_written_last(tmp_path: Path) -> None:
    port, reports = free_port(), Reports()
    async with (
        ClientSession(auto_decompress=False) as session,
        started(moto_server(port, tmp_path), reports) as servers,
    ):
        # Given parameters that were written, edited and deleted
        endpoint = AwsEndpoint(session, f"http://{HOST}:{port}", EventBus([], {}, report=print))
        store = ParameterStore(session, await endpoint.start())
        for name in ("kept", "edited", "deleted"):
            await store.put(f"/{name}", "1", kind="String", description=name)
        await store.put("/edited", "2", kind="", description="")
        await store.call("DeleteParameter", {"Name": "/deleted"})

        # When moto is killed, and somebody writes one of them before the others are restored
        async def restore(_: Process) -> None:
            await store.put("/kept", "3", kind="String", description="")
            await store.restore(endpoint.written)

        servers.keep(restore)
        os.kill(servers.pids["moto"], signal.SIGKILL)
        assert "restarted" in await reports.next()

        # Then they are there as they were last
        answer = await store.call("GetParameters", {"Names": ["/kept", "/edited", "/deleted"]})
        described = await store.describe(["/edited"])
        await endpoint.stop()

    assert {one["Name"]: one["Value"] for one in answer["Parameters"]} == {"/kept": "3", "/edited": "2"}
    assert described[0]["Description"] == "edited"
