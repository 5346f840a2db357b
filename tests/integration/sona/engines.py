"""Engines over HTTP that keep people in one table: what stands behind one address in a deployment."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.stack.credentials import CREDENTIALS
from local.stack.processes import HOST, Process, free_port
from sona.model.model import Model
from sona.training.trainer import train
from tests import catalogues

USER_KEY = b"key"
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def small_model(folder: Path) -> Model:
    """A model of the tests' catalogue that learned from nobody."""
    with catalogues.opened(catalogues.build(folder)) as catalogue:
        return train([], catalogue, folder / "model").model


def engine(folder: Path, name: str, *, model: Path, moto_url: str, table: str) -> Process:
    """An engine that is not started yet; its URL is `url_of`."""
    port = free_port()
    command = [sys.executable, "-m", "sona", "--port", str(port), "--users", "none", "--model", str(model)]
    command += ["--table", table, "--dynamodb-endpoint", moto_url]
    environment = os.environ | CREDENTIALS | {"SONA_USER_KEY": USER_KEY.decode(), "SONA_TOKEN": ""}
    return Process(name, command, log=folder / f"{name}.log", port=port, env=environment)


def url_of(process: Process) -> str:
    """Where an engine answers."""
    return f"http://{HOST}:{process.port}"


def updates_of(people: Sequence[str], titles: int) -> list[dict[str, Any]]:
    """Updates of one event each: everybody meets the first title, then everybody the second, and so on."""
    return [
        {
            "user_id": user,
            "event": {
                "content_id": catalogues.CONTENTS[title].id,
                "timestamp": (FIRST_DAY + timedelta(days=title)).isoformat(),
                "completion_rate": 1.0,
            },
        }
        for title in range(titles)
        for user in people
    ]
