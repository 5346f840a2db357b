"""A running engine follows what is published, and misses no request meanwhile."""

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import httpx
from click.testing import CliRunner

from discovery.artefacts.folder import artefact_id
from discovery.location import S3Prefix
from discovery.sona.contract import SCORES_PATH
from discovery_cli import main
from local.stack.processes import HOST, Process, free_port
from tests import catalogues

_A_SECOND = 50
_CALM_SECONDS = 1
_PATIENCE_SECONDS = 30
ASKED = {"user_id": "ana", "content_ids": [content.id for content in catalogues.CONTENTS]}


def discovery(*arguments: object) -> None:
    done = CliRunner().invoke(main, ["sona", *map(str, arguments)])
    assert done.exit_code == 0, done.output


async def until_model(client: httpx.AsyncClient, wanted: str) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (await client.get("/health")).json()["model"] != wanted:  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


async def test_two_publishes_and_a_rollback_under_load_miss_no_request(
    location: S3Prefix, models: list[Path], tmp_path: Path
) -> None:
    ids = [artefact_id(model) for model in models]
    discovery("publish", models[0], location)
    port, statuses = free_port(), Counter[int]()
    options = ["--model", str(location), "--users", "none", "--poll-seconds", "0.1"]
    command = [sys.executable, "-m", "sona", "--port", str(port), *options]
    with Process("sona", command, log=tmp_path / "sona.log", port=port, env=dict(os.environ)):
        async with (
            httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=_PATIENCE_SECONDS) as client,
            asyncio.TaskGroup() as requests,
        ):

            async def ask() -> None:
                statuses[(await client.post(SCORES_PATH, json=ASKED)).status_code] += 1

            async def load() -> None:
                while True:
                    requests.create_task(ask())
                    await asyncio.sleep(1 / _A_SECOND)

            loading = requests.create_task(load())
            await until_model(client, ids[0])
            for command_, model in (("publish", 1), ("publish", 2), ("rollback", 1)):
                folder = [models[model]] if command_ == "publish" else []
                await asyncio.to_thread(discovery, command_, *folder, location)
                await until_model(client, ids[model])
                await asyncio.sleep(_CALM_SECONDS)
            loading.cancel()

    assert statuses.keys() == {200}
    assert statuses.total() > _A_SECOND
