"""HTTP requests as API Gateway's events of payload format 2.0, and a handler's return values as HTTP responses.

Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", section "AWS Lambda integrations format".
"""

import base64
import binascii
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.stack.credentials import REGION
from local.stack.deployment import Route
from local.stack.function import ACCOUNT
from local.stack.runtime_api import FunctionError

API_ID = "local"
_DOMAIN = f"{API_ID}.execute-api.{REGION}.amazonaws.com"
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"}


async def event_of(request: web.Request, route: Route, path_parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the event for a request that matched a route. What the request lacks, the event lacks too, as on AWS."""
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,  # decoded, as an HTTP API delivers it; the query string stays encoded
        "rawQueryString": request.rel_url.raw_query_string,
        "headers": _headers(request),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": _DOMAIN,
            "domainPrefix": API_ID,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": f"HTTP/{request.version.major}.{request.version.minor}",
                "sourceIp": request.remote or "",
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route.key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if request.query:
        event["queryStringParameters"] = {name: ",".join(request.query.getall(name)) for name in request.query}
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if cookies := [c.strip() for header in request.headers.getall("Cookie", []) for c in header.split(";")]:
        event["cookies"] = cookies
    if body := await request.read():
        event["body"], event["isBase64Encoded"] = _body(body, request.headers.get("Content-Type"))
    return event


def response_of(result: Any) -> web.Response:
    """Return the HTTP response for what a handler returned.

    Raises:
        FunctionError: API Gateway would not understand it.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return web.Response(text=text, content_type="application/json")
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise FunctionError("MalformedResponse", f"the body must be text, not {type(body).__name__}")
    try:
        content = base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
    except binascii.Error as error:
        raise FunctionError("MalformedResponse", f"the body is not base64: {error}") from error
    response = web.Response(status=int(result["statusCode"]), body=content)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"  # where the handler names none
    for name, value in (result.get("headers") or {}).items():
        if name.lower() not in ("content-length", *_HOP_BY_HOP):
            response.headers[name] = str(value)
    for cookie in result.get("cookies") or []:
        response.headers.add("Set-Cookie", cookie)
    return response


def _headers(request: web.Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        if key not in ("cookie", *_HOP_BY_HOP):
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    headers["x-forwarded-for"] = request.remote or ""
    headers["x-forwarded-port"] = str(request.url.port or 80)
    headers["x-forwarded-proto"] = request.scheme
    headers["x-amzn-trace-id"] = f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"
    return headers


def _body(body: bytes, content_type: str | None) -> tuple[str, bool]:
    if content_type is None or content_type.lower().startswith(_TEXT):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # it is not text, whatever its type says: passed on as bytes
    return base64.b64encode(body).decode(), True
