"""A TCP proxy before Valkey that passes everything on until it is told not to.

RESP errors it gives itself, to the commands that a real server would give them to: READONLY and OOM to writes, MOVED
to whatever names a key, LOADING to all. It relies on how the search path talks: a batch of commands at a time, reads
and writes never in one batch.
"""

import asyncio
import contextlib

from lab.faults.endpoint import Endpoint
from local.stack.processes import HOST

_CHUNK = 1 << 16
_KEYLESS = frozenset({b"CLIENT", b"HELLO", b"AUTH", b"SELECT", b"PING", b"SCRIPT"})
_READS = _KEYLESS | {b"GET", b"HMGET"}
_SPARED: dict[str, frozenset[bytes]] = {"READONLY": _READS, "OOM": _READS, "MOVED": _KEYLESS, "LOADING": frozenset()}
"""The commands that a server which answers this error to others still serves."""


class ValkeyProxy(Endpoint):
    """Between clients and the Valkey server at `upstream_port` of 127.0.0.1."""

    def __init__(self, upstream_port: int) -> None:
        super().__init__(seed=2)
        self._upstream_port = upstream_port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry both directions until either side leaves."""
        upstream_reader, upstream_writer = await asyncio.open_connection(HOST, self._upstream_port)
        try:
            tasks = [
                asyncio.ensure_future(self._carry_commands(reader, writer, upstream_writer)),
                asyncio.ensure_future(self._carry_answers(upstream_reader, writer)),
            ]
            _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            upstream_writer.close()
            with contextlib.suppress(OSError):
                await upstream_writer.wait_closed()

    async def _carry_commands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: asyncio.StreamWriter
    ) -> None:
        while True:
            name, raw = await _command(reader)
            if self.fault.way == "error" and name not in _SPARED[self.fault.detail.split()[0]]:
                writer.write(f"-{self.fault.detail}\r\n".encode())
            elif self.fault.way != "hang":
                upstream.write(raw)
                await upstream.drain()

    async def _carry_answers(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await upstream.read(_CHUNK):
            await self.answer(writer, answer)


async def _command(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One command, as clients send them: its name, and all of its bytes."""
    head = await reader.readuntil(b"\r\n")
    raw, words = [head], []
    for _ in range(int(head[1:])):
        size = await reader.readuntil(b"\r\n")
        word = await reader.readexactly(int(size[1:]) + 2)
        raw += (size, word)
        words.append(word[:-2])
    return words[0].upper(), b"".join(raw)
