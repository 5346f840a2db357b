"""The engine as a function behind VPC Lattice (docs/adr/0033): what Lambda calls."""

import base64
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.data_classes import VPCLatticeEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.errors import PolicyUnavailable
from discovery.lifecycle import prepared
from discovery.location import SCHEME, S3Prefix
from discovery.observability import logger, metrics
from discovery.policy.parameters import read_secret, ssm_client
from discovery.settings.settings import Settings
from discovery.sona.token import checked
from sona.api.answers import Answer
from sona.api.routes import Api
from sona.engine import Engine
from sona.model.model import Model
from sona.model.published import published_models
from sona.store.dynamodb import TIMEOUT_SECONDS, DynamoStore, dynamodb_client

_RETRY_SECONDS = 10.0
"""Between two readings of the token; whoever sends wrong ones makes the engine read no more often."""
_UNAUTHORIZED, _UNAVAILABLE = 401, 503

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Service:
    """The engine with the model that is current, and with the token that is right."""

    def __init__(
        self,
        engine: Engine,
        models: Callable[[], Model],
        read_token: Callable[[], str],
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Take functions that give the current model and read the token.

        Raises:
            PolicyUnavailable: the token can't be read.
        """
        self._engine = engine
        self._models = models
        self._read_token = read_token
        self._now = wall_clock  # it goes on while SnapStart keeps an environment as a snapshot
        self._tried_at: float | None = None
        self._token = read_token()
        self._api = Api(engine, token=self._token)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request; where its token is not ours, after another look at what ours is."""
        self._engine.model = self._models()
        answer = self._api.answer(method, path, headers, body)
        if answer.status == _UNAUTHORIZED and self._has_another_token():
            answer = self._api.answer(method, path, headers, body)
        if answer.status == _UNAVAILABLE:
            metrics.count("SonaStoreUnavailable")
        return answer

    def _has_another_token(self) -> bool:
        now = self._now()
        if self._tried_at is not None and 0 <= now - self._tried_at < _RETRY_SECONDS:
            return False
        self._tried_at = now
        before = self._token
        try:
            self._token = self._read_token()
        except PolicyUnavailable as error:
            metrics.count("SonaTokenUnavailable")
            logger.error("the SONA token could not be read", reason=str(error))
            return False
        self._api = Api(self._engine, token=self._token)
        return self._token != before


def make_handler(service: Callable[[], Service]) -> Handler:
    """The Lambda handler over a service, which is made at its first use."""

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        request = VPCLatticeEventV2(event)
        body = event.get("body") or ""
        answer = service().answer(
            request.method,
            request.path,
            {name.lower(): ",".join(values) for name, values in event["headers"].items()},
            base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        )
        return {
            "isBase64Encoded": False,
            "statusCode": answer.status,
            "headers": {"content-type": "application/json", **answer.headers},
            "body": json.dumps(dict(answer.body), separators=(",", ":")),
        }

    return lambda_handler


def deployed_service() -> Service:
    """The engine as the environment says; keeps no connection that a snapshot would hold.

    Raises:
        ModelInvalid: there is no usable model.
        PolicyUnavailable: a secret can't be read.
    """
    settings = Settings()
    known = {"key": settings.privacy.user_key, "token": settings.sona.token}
    parameters = {"key": settings.privacy.user_key_parameter, "token": settings.sona.token_parameter}

    def secret(name: str) -> str:
        return known[name].get_secret_value() or read_secret(ssm_client, parameters[name])

    models = _models(os.environ["SONA_MODEL"])
    timeout = float(os.environ.get("SONA_TABLE_TIMEOUT_MS", TIMEOUT_SECONDS * 1000)) / 1000
    store = DynamoStore(dynamodb_client(timeout=timeout), os.environ["SONA_TABLE"])
    engine = Engine(models(), store, user_key=secret("key").encode())
    return Service(engine, models, lambda: checked(secret("token")))


def _models(location: str) -> Callable[[], Model]:
    """What gives the current model: of an S3 prefix where models are published, or of a folder that holds one."""
    if location.startswith(SCHEME):
        return published_models(S3Prefix.parse(location), Path(tempfile.gettempdir()) / "models").current
    model = Model.open(Path(location))
    return lambda: model


lambda_handler = make_handler(prepared(deployed_service))
