"""The stack's AWS endpoint: moto's APIs, with the events that AWS would send when a parameter changes.

Made for the plain `aws` CLI and SDKs. PutEvents, and what Firehose is given, are answered here; everything else goes to
moto as it came.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import ClientError, ClientResponseError, ClientSession, web

from local.stack.credentials import REGION
from local.stack.deployment import Deployment
from local.stack.eventbridge import EventBus, new_event, put_events
from local.stack.function import ACCOUNT
from local.stack.http_server import HttpServer
from local.stack.lake import TARGET, Lake

_JSON = "application/x-amz-json-1.1"
_DELETES = ("AmazonSSM.DeleteParameter", "AmazonSSM.DeleteParameters")


class ParameterStore:
    """The few calls to the SSM API that the stack makes itself."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def put(self, name: str, value: str, *, kind: str, description: str) -> None:
        """Write a parameter."""
        fields = {"Name": name, "Value": value, "Type": kind, "Description": description, "Overwrite": True}
        await self.call("PutParameter", {field: given for field, given in fields.items() if given != ""})

    async def seed(self, deployment: Deployment) -> None:
        """Write the parameters that the template deploys."""
        for one in deployment.parameters:
            await self.put(one.name, one.value, kind=one.type, description=one.description)

    async def restore(self, requests: Iterable[Mapping[str, Any]]) -> None:
        """Write parameters from the fields of PutParameter requests; one that exists stays as it is."""
        for fields in requests:
            try:
                await self.call("PutParameter", {**fields, "Overwrite": False})
            except ClientResponseError as error:
                if error.status != web.HTTPBadRequest.status_code:
                    raise

    async def describe(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """Return the metadata of those of the parameters that exist."""
        values = list(names)
        if not values:
            return []
        filters = [{"Key": "Name", "Option": "Equals", "Values": values}]
        try:
            answer = await self.call("DescribeParameters", {"ParameterFilters": filters})
        except ClientResponseError:
            return []  # a name that no parameter can have
        parameters: list[dict[str, Any]] = answer["Parameters"]
        return parameters

    async def call(self, operation: str, payload: Mapping[str, Any]) -> Any:
        """Return the answer to a request of an operation, such as `PutParameter`.

        Raises:
            ClientError: it is refused, or nobody answers.
        """
        return await call(self._session, self._url, "ssm", f"AmazonSSM.{operation}", payload)


async def call(session: ClientSession, url: str, service: str, target: str, payload: Mapping[str, Any]) -> Any:
    """Return the answer to a request of one of moto's JSON services; `target` is the X-Amz-Target.

    Raises:
        ClientError: it is refused, or nobody answers.
    """
    headers = {
        "X-Amz-Target": target,
        "Content-Type": _JSON,
        # Moto reads region and service here and verifies no signature.
        "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20000101/{REGION}/{service}/aws4_request",
    }
    async with session.post(url, data=json.dumps(payload), headers=headers) as response:
        response.raise_for_status()
        return await response.json(content_type=None)


class AwsEndpoint(HttpServer):
    """A reverse proxy in front of moto."""

    def __init__(self, session: ClientSession, moto_url: str, bus: EventBus, lake: Lake | None = None) -> None:
        """Without a lake, what Firehose is given goes to moto too."""
        self._session = session
        self._moto_url = moto_url
        self._bus = bus
        self._lake = lake
        self._parameters = ParameterStore(session, moto_url)
        self._written: dict[str, dict[str, Any]] = {}
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        super().__init__(app)

    @property
    def written(self) -> list[dict[str, Any]]:
        """For each parameter that exists the fields of the requests that wrote it, later ones over earlier ones."""
        return list(self._written.values())

    async def _handle(self, request: web.Request) -> web.Response:
        target = request.headers.get("X-Amz-Target", "")
        body = await request.read()
        if target == "AWSEvents.PutEvents":
            return self._put_events(body)
        if self._lake is not None and target.startswith(TARGET):
            return self._put_records(self._lake, target.removeprefix(TARGET), body)
        try:
            # What is deleted can't be described afterwards.
            doomed = await self._parameters.describe(_names(body)) if target in _DELETES else []
            response = await self._forward(request, body)
            if response.status == web.HTTPOk.status_code and _region(request) == REGION:
                await self._announce(target, body, response, doomed)
        except ClientError as error:
            return _error(503, "ServiceUnavailable", f"the local stack's AWS APIs do not answer: {error}")
        return response

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        url = self._moto_url + request.raw_path
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            content = await answer.read()
            dropped = {"transfer-encoding", "connection", "server", "date"}
            if request.method != "HEAD":  # whose length is that of the body that a GET would have
                dropped.add("content-length")
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in dropped}
            return web.Response(status=answer.status, body=content, headers=kept)

    async def _announce(self, target: str, body: bytes, response: web.Response, doomed: list[dict[str, Any]]) -> None:
        if target == "AmazonSSM.PutParameter":
            fields = json.loads(body)
            self._written[fields["Name"]] = self._written.get(fields["Name"], {}) | fields
            version = json.loads(response.body or b"{}")["Version"]  # type: ignore[arg-type]  # bytes: `_forward` made it
            for parameter in await self._parameters.describe(_names(body)):
                self._bus.publish(_parameter_change(parameter, "Create" if version == 1 else "Update"))
        for parameter in doomed:
            self._written.pop(parameter["Name"], None)
            self._bus.publish(_parameter_change(parameter, "Delete"))

    def _put_records(self, lake: Lake, operation: str, body: bytes) -> web.Response:
        try:
            answer = lake.answer(operation, json.loads(body))
        except KeyError as error:
            return _error(400, "ResourceNotFoundException", f"there is no {error} here")
        return web.json_response(answer, content_type=_JSON)

    def _put_events(self, body: bytes) -> web.Response:
        try:
            answer, events = put_events(json.loads(body))
        except ValueError as error:
            return _error(400, "ValidationException", str(error))
        for event in events:
            self._bus.publish(event)
        return web.json_response(answer, content_type=_JSON)


def _parameter_change(parameter: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """The event of "Configuring EventBridge rules for parameters" in the Systems Manager user guide."""
    name = parameter["Name"]
    detail = {"name": name, "type": parameter["Type"], "operation": operation}
    if parameter.get("Description"):
        detail["description"] = parameter["Description"]
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name.removeprefix('/')}"
    return new_event("aws.ssm", "Parameter Store Change", detail, resources=[arn])


def _names(body: bytes) -> list[str]:
    try:
        request = json.loads(body)
    except ValueError:
        return []  # moto will refuse it
    return [name for name in [request.get("Name"), *request.get("Names", [])] if name]


def _region(request: web.Request) -> str:
    """The region a request was signed for: a parameter of another region is none of this stack's."""
    match = re.search(r"Credential=[^/]+/\d+/([^/]+)/", request.headers.get("Authorization", ""))
    return match[1] if match else REGION


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"__type": code, "message": message}, status=status, content_type=_JSON)
