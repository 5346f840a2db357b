"""The client's test page on the local stack, and who gets a demo user's token."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from local.stack.description import Description, User
from local.stack.folders import FILE
from local.stack.gateway import Gateway
from local.stack.issuer import Issuer
from local.stack.page import Page


@contextlib.asynccontextmanager
async def running(folder: Path, *, ready: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    if ready:
        blank: dict[str, Any] = {field.name: "" for field in fields(Description)}
        users = (User("ana", "space"), User("ben", "musicals"))
        Description(**blank | {"pid": 1, "users": users, "processes": {}}).write(folder / FILE)
    gateway = Gateway([], {}, report=lambda _: None, page=Page(Issuer(folder), folder))
    try:
        async with httpx.AsyncClient(base_url=await gateway.start(0), timeout=20) as client:
            yield client
    finally:
        await gateway.stop()


async def test_the_page_and_the_client_beside_it_are_served(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        page = await client.get("/page", follow_redirects=True)
        script = await client.get(page.url.join("../discovery-events.js"))

    assert page.url.path == "/clients/js/page/"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "class DiscoveryEvents" in script.text


@pytest.mark.parametrize(
    "path",
    ["../../README.md", "%2e%2e/%2e%2e/README.md", "..%2f..%2fREADME.md", "README.md", "nothing.js", "%2fetc/passwd"],
)
async def test_nothing_else_is_served(path: str, tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        assert (await client.get(f"/clients/js/{path}")).status_code == 404


async def test_a_demo_user_s_token_has_no_scope(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        users = (await client.get("/page/users")).json()["users"]
        token = (await client.get("/page/users/ana/token", headers={"Sec-Fetch-Site": "same-origin"})).json()["token"]

    assert users == [{"id": "ana", "taste": "space"}, {"id": "ben", "taste": "musicals"}]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == "ana"
    assert "scope" not in claims


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.rebound.example:8080"},
        {"Host": "172.17.0.1:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_pages_get_no_token(headers: dict[str, str], tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        answer = await client.get("/page/users/ana/token", headers=headers)

    assert answer.status_code == 403
    assert "token" not in answer.json()


async def test_nobody_else_has_a_token_and_no_answer_allows_other_origins(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        unknown = await client.get("/page/users/root/token")
        known = await client.get("/page/users/ana/token", headers={"Origin": "https://elsewhere.example"})

    assert unknown.status_code == 404
    assert not [name for name in known.headers if name.startswith("access-control")]


async def test_a_stack_that_is_starting_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, ready=False) as client:
        assert (await client.get("/page/users")).status_code == 503
