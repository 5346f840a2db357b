"""A TCP server on 127.0.0.1 that can be told, while it runs, how to misbehave; SONA and the proxy build on it."""

import asyncio
import contextlib
import random
import socket
import struct
from abc import ABC, abstractmethod

from lab.faults.fault import HEALTHY, Fault
from local.stack.processes import HOST

NOISE = b"\x16\x03\x01 neither HTTP nor RESP\r\n\r\n"
_DRIP_SECONDS = 0.01
_RST_AT_CLOSE = struct.pack("ii", 1, 0)


class Endpoint(ABC):
    """Accepts connections and serves each until its client leaves."""

    def __init__(self, *, seed: int = 1) -> None:
        self.fault: Fault = HEALTHY
        self.port = 0
        self._chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    async def start(self) -> None:
        """Listen: on a free port at first, on the same one ever after."""
        self._server = await asyncio.start_server(self._connected, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def suffer(self, fault: Fault) -> None:
        """Misbehave like this from the next bytes on, connections that are open included."""
        self.fault = fault
        if fault.way == "refuse":
            self.stop()
        elif self._server is None:
            await self.start()

    def stop(self) -> None:
        """Close the listener and every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._connections:
            writer.transport.abort()

    @abstractmethod
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; returning closes it."""

    async def answer(self, writer: asyncio.StreamWriter, answer: bytes, body_at: int = 0) -> None:
        """Send an answer as the fault has it; `body_at` is where its body begins."""
        fault = self.fault
        if fault.delay:
            await asyncio.sleep(fault.delay.sample(self._chance))
        match fault.way:
            case "hang":
                return
            case "noise":
                writer.write(NOISE)
            case "drip":
                await self._drip(writer, answer)
            case "reset":
                writer.write(answer[: (body_at + len(answer)) // 2])
                await writer.drain()
                reset(writer)
            case _:
                writer.write(answer)
        await writer.drain()

    async def _drip(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for byte in answer:
            writer.write(bytes([byte]))
            await writer.drain()  # raises where the client has left
            await asyncio.sleep(_DRIP_SECONDS)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            # Clients that leave in the middle are what this is for.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self.serve(reader, writer)
        finally:
            self._connections.discard(writer)
            writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST rather than FIN, as a crashed or overloaded peer does."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_AT_CLOSE)
    writer.transport.abort()
