"""The issuer's signing keys over HTTPS: fetched from where the settings say, and from nowhere else."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from discovery.api.auth import Authenticator
from discovery.errors import KeysUnavailable
from discovery.settings.access import AuthSettings
from local.stack.processes import HOST
from tests import tokens
from tests.integration.certificates import self_signed


@pytest.fixture
async def keys_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Of a server that publishes the keys, and whose certificate is trusted."""
    own = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    published = json.loads(tokens.settings().model_dump_json())["jwks"]

    async def keys(request: web.BaseRequest) -> web.Response:
        return web.json_response(published) if request.path == "/keys" else web.Response(status=404)

    runner = web.ServerRunner(web.Server(keys), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=own.server_side).start()
    yield f"https://{HOST}:{runner.addresses[0][1]}/keys"
    await runner.cleanup()


def keys_at(url: str) -> AuthSettings:
    return tokens.settings().model_copy(update={"jwks": None, "jwks_uri": url})


async def test_a_token_is_verified_with_the_keys_that_are_published_where_the_settings_say(keys_url: str) -> None:
    authenticator = Authenticator(keys_at(keys_url))

    caller = await asyncio.to_thread(authenticator.authenticate, f"Bearer {tokens.token('ana')}")

    assert caller.user_id == "ana"


async def test_where_no_keys_are_published_no_token_is_judged(keys_url: str) -> None:
    authenticator = Authenticator(keys_at(f"{keys_url}/of/another"))

    with pytest.raises(KeysUnavailable, match=r"^the issuer's signing keys could not be fetched$"):
        await asyncio.to_thread(authenticator.authenticate, f"Bearer {tokens.token('ana')}")
