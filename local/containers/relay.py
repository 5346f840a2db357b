"""Lets containers on Docker's bridge reach servers of this machine that listen on 127.0.0.1 alone.

`sam local` puts its containers on the bridge whatever its `--docker-network` says (with "host" it joins them to no
other network), and there `host.docker.internal` is the bridge's own address. So this listens on that address, for
the bridge's network only, and passes connections on to the same port of 127.0.0.1. Docker Desktop does the same
itself: there the bridge's address is not one of this machine's, and nothing is relayed.
"""

import contextlib
import json
import selectors
import socket
import socketserver
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from local.containers.engine import Engine
from local.stack.processes import HOST

HOST_IN_CONTAINERS = "host.docker.internal"
"""This machine's name in a container; on Linux by samconfig.toml's `add_host`."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Bridge:
    """The network that containers are on by default."""

    address: str
    """This machine's, as containers see it."""
    subnet: str

    @classmethod
    def of(cls, engine: Engine) -> "Bridge":
        """Ask the engine."""
        config = json.loads(engine.run("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"))[0]
        first = next(ip_network(config["Subnet"]).hosts())  # Docker's choice where it names none
        return cls(config.get("Gateway") or str(first), config["Subnet"])

    @property
    def is_here(self) -> bool:
        """Whether the address is this machine's own, and not that of a virtual machine the engine runs in."""
        with socket.socket() as probe:
            try:
                probe.bind((self.address, 0))
            except OSError:
                return False
        return True


@contextlib.contextmanager
def relayed(bridge: Bridge, ports: Iterable[int]) -> Iterator[None]:
    """While it is entered, containers reach these ports of 127.0.0.1 as those of `HOST_IN_CONTAINERS`."""
    with contextlib.ExitStack() as running:
        for port in ports if bridge.is_here else ():
            relay = running.enter_context(_Relay(bridge, port))
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            running.callback(relay.shutdown)
        yield


class _Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, bridge: Bridge, port: int) -> None:
        self._subnet = ip_network(bridge.subnet)
        super().__init__((bridge.address, port), _Passage)

    def verify_request(self, request: object, client_address: object) -> bool:
        """Refuse everybody but containers: Linux accepts packets for this address on every interface."""
        del request
        return isinstance(client_address, tuple) and ip_address(client_address[0]) in self._subnet


class _Passage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        client: socket.socket = self.request
        port = client.getsockname()[1]
        with contextlib.suppress(OSError), socket.create_connection((HOST, port)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with selectors.DefaultSelector() as readable:  # select() knows no file descriptor above 1,023
                for ends in ((client, server), (server, client)):
                    readable.register(ends[0], selectors.EVENT_READ, ends)
                while True:
                    for key, _ in readable.select():
                        source, target = key.data
                        data = source.recv(_CHUNK)
                        if not data:
                            return
                        target.sendall(data)
