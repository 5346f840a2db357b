"""What the HTTP servers of the stack have in common."""

from aiohttp import web

from local.stack.processes import HOST

MAX_LINE = 8190
"""Bytes of a request line, and of a header; aiohttp's own limit."""


class HttpServer:
    """An aiohttp application on a port of 127.0.0.1."""

    def __init__(
        self,
        app: web.Application,
        *,
        shutdown_timeout: float = 1.0,
        handler_cancellation: bool = False,
        max_line: int = MAX_LINE,
    ) -> None:
        self._runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=shutdown_timeout,
            handler_cancellation=handler_cancellation,
            max_line_size=max_line,
            max_field_size=max_line,
        )
        self.url = ""
        """Known once it is started."""

    async def start(self, port: int = 0) -> str:
        """Serve on the port, or on a free one where it is 0; returns the URL.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        """Stop serving."""
        await self._runner.cleanup()
