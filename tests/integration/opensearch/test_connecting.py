"""Requests to OpenSearch are signed for its service where the settings say so, by either client."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from discovery.opensearch.connecting import for_builds, for_polls, for_searches
from discovery.settings.opensearch import OpenSearchSettings

ANSWER = json.dumps({"took": 1, "responses": [], "count": 7}).encode()


class Asked(ThreadingHTTPServer):
    """A server that keeps what requests say of who asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []


class _Handler(BaseHTTPRequestHandler):
    server: Asked

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    do_GET = do_POST  # noqa: N815 - as the server looks it up

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "session",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    with Asked() as asked:
        thread = threading.Thread(target=asked.serve_forever)
        thread.start()
        yield asked
        asked.shutdown()
        thread.join()


def settings(server: Asked, service: Any) -> OpenSearchSettings:
    return OpenSearchSettings(url=f"http://127.0.0.1:{server.server_port}", service=service)


async def searched(server: Asked, service: str) -> dict[str, str]:
    client = for_searches(settings(server, service))
    said = await client.msearch(body=[{"index": "films"}, {"size": 0}])
    await client.close()
    assert said["responses"] == []
    return server.headers[-1]


@pytest.mark.parametrize("service", ["es", "aoss"])
async def test_searches_are_signed_for_the_service(server: Asked, service: str) -> None:
    headers = await searched(server, service)

    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert f"/eu-west-1/{service}/aws4_request" in headers["authorization"]
    assert headers["x-amz-security-token"] == "session"
    assert headers["x-amz-content-sha256"] == hashlib.sha256(server.bodies[-1]).hexdigest()


async def test_without_a_service_nothing_is_signed(server: Asked) -> None:
    headers = await searched(server, "")

    assert "authorization" not in headers


@pytest.mark.parametrize("client", [for_builds, for_polls])
def test_builds_and_polls_are_signed_too(server: Asked, client: Any) -> None:
    asking = client(settings(server, "es"))

    assert asking.count(index="films")["count"] == 7
    asking.close()

    assert "/eu-west-1/es/aws4_request" in server.headers[-1]["authorization"]
