"""A TCP relay before a server: it can end TLS, and forget the connections it has without a word to either side."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

from local.stack.processes import HOST

_CHUNK = 1 << 16


class Relay:
    """Between clients and the server at `upstream_port` of 127.0.0.1."""

    def __init__(self, upstream_port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.accepted = 0
        """Connections ever."""
        self._upstream_port = upstream_port
        self._tls = tls
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Pass on nothing more on the connections there are; they stay open, and new ones work."""
        self._forgotten |= self._open

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Relay"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._accept, HOST, 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._open:
                writer.transport.abort()
            await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._open.add(writer)
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(HOST, self._upstream_port)
        there = asyncio.ensure_future(self._carry(reader, upstream_writer, writer))
        back = asyncio.ensure_future(self._carry(upstream_reader, writer, writer))
        await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        for task in (there, back):
            task.cancel()
        await asyncio.gather(there, back, return_exceptions=True)
        self._open.discard(writer)
        for end in (upstream_writer, writer):
            end.close()
            with contextlib.suppress(OSError):
                await end.wait_closed()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(_CHUNK):
                if client not in self._forgotten:
                    sink.write(chunk)
                    await sink.drain()
