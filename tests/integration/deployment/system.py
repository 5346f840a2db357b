"""A deployed stack with what is outside of it, and its functions to run."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3

from discovery.artefacts.publisher import Publisher
from discovery.catalogue.published import BUNDLES
from discovery.location import S3Prefix
from local.stack.credentials import CREDENTIALS, REGION
from local.stack.deployment import FunctionSpec
from local.stack.function import Function
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.processes import HOST, ROOT
from tests.integration.deployment.account import Account

EVENTS = ROOT / "events"
SONA_TOKEN_SECRET = "sona/discovery-token"


class System:
    """An account with the stack in it, and what is outside of it: SONA, a cache of the deployer's, an issuer."""

    def __init__(self, folder: Path, aws_url: str, valkey_url: str, sona_url: str, bundle: Path) -> None:
        self.account = Account("prod")
        self.issuer = Issuer(folder)
        self.bundle = bundle
        self._folder = folder
        self._aws_url = aws_url
        self.values = {
            "CacheUrl": valkey_url,
            "CacheSecurityGroupId": "sg-22222222",
            "SonaUrl": sona_url,
            "SonaCidr": f"{HOST}/32",
            "SonaTokenSecret": SONA_TOKEN_SECRET,
            "TokenIssuer": ISSUER,
            "TokenAudience": AUDIENCE,
            "TokenJwks": json.dumps(self.issuer.jwks()),
            "MakeCatalogueBucket": "true",
        }

    def publish(self) -> str:
        """Publish the catalogue in the stack's bucket; returns what CatalogueLocation has to be."""
        location = S3Prefix(self.account.physical()["CatalogueBucket"], "catalogue")
        publisher = Publisher(boto3.client("s3"), location, BUNDLES)
        publisher.switch_to(publisher.upload(self.bundle)[0])
        return f"s3://{location.bucket}/{location.prefix}"

    def environment(self, function: str) -> dict[str, str]:
        """What the live version's configuration says, and what Lambda adds to it."""
        live = self.account.live(function)
        lambdas_own = CREDENTIALS | {
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self._aws_url,
            "AWS_LAMBDA_FUNCTION_NAME": live["FunctionName"],
            "AWS_LAMBDA_FUNCTION_VERSION": live["Version"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(live["MemorySize"]),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": str(ROOT / "functions" / function.lower()),
            "PYTHONPATH": str(ROOT / "layers" / "discovery"),  # /opt/python
            "TMPDIR": str(self._folder),
            "TZ": "UTC",
        }
        given: dict[str, str] = live["Environment"]["Variables"]
        assert not given.keys() & lambdas_own.keys(), "Lambda reserves these"
        return lambdas_own | given

    def invoke(self, function: str, *events: dict[str, Any]) -> list[Any]:
        """Run the handler on events, one after the other, in an environment of its own."""
        live = self.account.live(function)
        module, handler = live["Handler"].split(".")
        file = ROOT / "functions" / function.lower() / f"{module}.py"
        spec = FunctionSpec(function.lower(), file, handler, float(live["Timeout"]), live["MemorySize"])
        log = self._folder / f"{function}.log"

        async def run() -> list[Any]:
            runs = Function(spec, env=self.environment(function), environments=1, log=log, report=print)
            await runs.start()
            try:
                await runs.ready()
                return [await runs.invoke(event) for event in events]
            finally:
                await runs.stop()

        return asyncio.run(run())

    def search(self, *users: str | None, query: str = "space") -> list[dict[str, Any]]:
        """What the search function answers to each of them, in turn."""
        event = json.loads((EVENTS / "search-get.json").read_text())
        event |= {"rawQueryString": urlencode({"query": query}), "queryStringParameters": {"query": query}}
        answers = self.invoke("Search", *(event | {"headers": self._headers(user)} for user in users))
        assert [answer["statusCode"] for answer in answers] == [200] * len(users), answers
        return [json.loads(answer["body"]) for answer in answers]

    def _headers(self, user: str | None) -> dict[str, str]:
        return {} if user is None else {"authorization": f"Bearer {self.issuer.sign(user)}"}
