"""What is wrong with an API or its document is found by schemathesis as it is set up here, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from local.stack.http_server import HttpServer
from tools.fuzz.asking import ask

PARAMETER = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 0, "maximum": 9}}
PROBLEM = {"description": "Refused", "content": {"application/json": {"schema": {"type": "object"}}}}
ANSWER = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
OPERATION = {
    "parameters": [PARAMETER],
    "responses": {
        "200": {"description": "Done", "content": {"application/json": {"schema": ANSWER}}},
        "422": PROBLEM,
        "431": PROBLEM,
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Test", "version": "1"},
    "paths": {
        path: {"get": OPERATION} for path in ("/good", "/ranges", "/broken", "/lax", "/untyped", "/undocumented")
    },
}


def size(request: web.Request) -> int | None:
    text = request.query.get("size", "")
    alone = len(request.query.getall("size", [])) == 1
    return int(text) if alone and text.isascii() and text.isdigit() and int(text) <= 9 else None


async def answer(request: web.Request) -> web.Response:
    name, asked = request.path, size(request)
    if name == "/openapi.json":
        return web.json_response(DOCUMENT)
    if request.method != "GET":
        return web.json_response({}, status=405, headers={"Allow": "GET"})
    if name == "/ranges" and asked == 9:
        errors = [{"field": "year_min", "detail": "9 is above year_max, which is 0"}]
        return web.json_response({"errors": errors}, status=422)
    if name == "/broken" and asked == 0:
        return web.json_response({}, status=500)
    if asked is None and name != "/lax":
        return web.json_response({"errors": []}, status=404 if name == "/undocumented" else 422)
    return web.json_response({"size": "many" if name == "/untyped" else asked or 0})


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = HttpServer(app)
    yield await server.start()
    await server.stop()


async def test_every_kind_of_fault_is_found_and_nothing_else(url: str, tmp_path: Path) -> None:
    asked = await asyncio.to_thread(ask, url, None, tmp_path, examples=20, seed=1)

    failures = {operation: {kind.split()[0] for kind in of.failures} for operation, of in asked.outcomes.items()}
    assert not asked.passed
    assert failures["GET /good"] == failures["GET /ranges"] == set(), asked.printed
    assert asked.excused
    assert "ST101" in failures["GET /broken"], asked.printed
    assert "ST201" in failures["GET /lax"]
    assert "ST103" in failures["GET /undocumented"]
    assert failures["GET /untyped"], asked.printed
    assert all(of.cases > 5 for of in asked.outcomes.values())
