"""The engine's function with what a deployment gives it: secrets, a table, and models in S3."""

import json
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from discovery.artefacts.publisher import Publisher
from discovery.location import S3Prefix
from functions.sona.app import Service, deployed_service, make_handler
from local.stack.processes import ROOT
from sona.errors import ModelInvalid
from sona.store.dynamodb import dynamodb_client
from sona.store.table import create_table
from tests import catalogues
from tests.events import FakeContext

EVENTS = ROOT / "events"
TITLES = [content.id for content in catalogues.CONTENTS[:5]]

Ask = Callable[..., Any]


@pytest.fixture
def deployed(aws: pytest.MonkeyPatch, location: S3Prefix, tmp_path: Path) -> pytest.MonkeyPatch:
    """The environment of a deployed function, whose table is there."""
    name = uuid.uuid4().hex
    for secret in ("user-key", "sona-token"):
        boto3.client("secretsmanager").create_secret(Name=f"{name}-{secret}", SecretString=f"the-{secret}")
    create_table(dynamodb_client(timeout=20.0), name)
    aws.setattr(tempfile, "tempdir", str(tmp_path))
    aws.setenv("DISCOVERY_STAGE", "prod")
    aws.setenv("DISCOVERY_PRIVACY_USER_KEY_PARAMETER", f"/aws/reference/secretsmanager/{name}-user-key")
    aws.setenv("DISCOVERY_SONA_TOKEN_PARAMETER", f"/aws/reference/secretsmanager/{name}-sona-token")
    aws.setenv("SONA_MODEL", f"s3://{location.bucket}/{location.prefix}")
    aws.setenv("SONA_TABLE", name)
    aws.setenv("SONA_TABLE_TIMEOUT_MS", "20000")
    return aws


def asking(service: Service) -> Ask:
    handler = make_handler(lambda: service)

    def ask(event: str, body: object = "") -> Any:
        sent = json.loads((EVENTS / f"{event}.json").read_text().replace("PASTE-SONAS-TOKEN", "the-sona-token"))
        answer = handler(sent | ({"body": json.dumps(body)} if body else {}), FakeContext())
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    return ask


def test_a_deployed_engine_scores_learns_and_forgets(
    deployed: pytest.MonkeyPatch, publisher: Publisher, models: list[Path]
) -> None:
    publisher.switch_to(publisher.upload(models[0])[0])
    ask = asking(deployed_service())
    seen = {"content_id": TITLES[0], "timestamp": "2026-01-01T00:00:00Z", "completion_rate": 1.0, "rating": 5}

    before = ask("sona-scores", {"user_id": "ana", "content_ids": TITLES})
    assert ask("sona-update", {"user_id": "ana", "events": [seen]})["profile_version"] == 1
    # Another environment, with the same table and key.
    after = asking(deployed_service())("sona-scores", {"user_id": "ana", "content_ids": TITLES})

    assert {one["content_id"] for one in before["scores"]} == set(TITLES)
    assert after != before
    assert ask("sona-erase") == {"user_id": "ana", "erased": True}
    assert ask("sona-scores", {"user_id": "ana", "content_ids": TITLES}) == before


@pytest.mark.usefixtures("deployed")
def test_an_engine_without_a_published_model_does_not_start() -> None:
    with pytest.raises(ModelInvalid):
        deployed_service()
