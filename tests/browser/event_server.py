"""A small server in place of the API: it serves the client, keeps the requests it gets, and answers as it is told."""

import json
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

CLIENT = Path(__file__).parents[2] / "clients" / "js" / "discovery-events.js"
HANG_UP = 0
"""In place of a status: the connection ends without an answer."""


@dataclass(frozen=True)
class Received:
    """A request to /v1/events."""

    content_type: str
    authorization: str | None
    size: int
    """Bytes of the body."""
    body: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        """The events' ids, in their order."""
        return [event["event_attributes"]["event_id"] for event in self.body["events"]]


class EventServer:
    """Serves on a free port of 127.0.0.1 between `with` and its end."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        """Of the next answers; afterwards all are 202."""
        self.gate = threading.Event()
        """Answers wait for it; it is open at first."""
        self.gate.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def counts(self) -> Counter[str]:
        """How often each event's id came."""
        return Counter(event_id for request in self.received for event_id in request.ids)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/discovery-events.js":
                    self._send(200, "text/javascript", CLIENT.read_bytes())
                elif self.path == "/favicon.ico":
                    self._send(204, "image/png", b"")
                else:
                    self._send(200, "text/html", b"<!doctype html><title>Test</title><body></body>")

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"]))
                got = Received(self.headers["Content-Type"], self.headers["Authorization"], len(text), json.loads(text))
                server.received.append(got)
                server.gate.wait(20)
                status = server.statuses.pop(0) if server.statuses else 202
                if status != HANG_UP:
                    self._send(status, "application/json", json.dumps({"events": _verdicts(got)}).encode())

            def _send(self, status: int, content_type: str, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_request(self, *_: object) -> None:
                """Keep quiet."""

        return Handler


def _verdicts(got: Received) -> list[dict[str, Any]]:
    return [{"event_id": event_id, "verdict": "accepted"} for event_id in got.ids]
