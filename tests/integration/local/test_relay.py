"""A server of this machine's loopback address, reached over another address by those who may."""

import contextlib
import os
import resource
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.containers.relay import Bridge, relayed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a second loopback address, as Linux has")
ADDRESS = "127.0.0.2"
EVERYBODY, NOBODY_HERE = "127.0.0.0/8", "172.17.0.0/16"


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server on 127.0.0.1 that answers each line with itself, turned around."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket) -> None:
    try:
        connection, _ = server.accept()
    except OSError:
        return  # closed, and nobody has come
    with connection, connection.makefile("rwb") as lines:
        for line in lines:
            lines.write(line.rstrip()[::-1] + b"\n")
            lines.flush()


def test_bytes_pass_both_ways(port: int) -> None:
    with (
        relayed(Bridge(ADDRESS, EVERYBODY), [port]),
        socket.create_connection((ADDRESS, port)) as client,
        client.makefile("rwb") as lines,
    ):
        answers = []
        for line in (b"PING\n", b"x" * 200_000 + b"y\n"):
            lines.write(line)
            lines.flush()
            answers.append(lines.readline())

    assert answers == [b"GNIP\n", b"y" + b"x" * 200_000 + b"\n"]


def test_bytes_pass_where_more_than_a_thousand_files_are_open(port: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    try:
        with contextlib.ExitStack() as opened:
            for _ in range(1_100):
                opened.enter_context(Path(os.devnull).open())
            test_bytes_pass_both_ways(port)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_is_not_on_the_bridges_network_is_not_let_in(port: int) -> None:
    with (
        relayed(Bridge(ADDRESS, NOBODY_HERE), [port]),
        socket.create_connection((ADDRESS, port)) as client,
    ):
        assert client.recv(1) == b""


def test_nothing_is_relayed_where_the_bridge_is_another_machines(port: int) -> None:
    elsewhere = Bridge("192.0.2.77", EVERYBODY)

    with relayed(elsewhere, [port]):
        assert not elsewhere.is_here
