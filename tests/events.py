"""Lambda events as API Gateway's HTTP API (format 2.0) and EventBridge send them, and the context beside them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools.utilities.typing import LambdaContext

PROFILES = "arn:aws:dynamodb:eu-west-1:123456789012:table/discovery-test-profiles"
"""SONA's table."""

Query = Mapping[str, str | Sequence[str]]


class FakeContext(LambdaContext):
    """What Lambda tells a function of its invocation."""

    def __init__(self) -> None:
        self._function_name = "discovery-test"
        self._memory_limit_in_mb = 256
        self._invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:discovery-test"
        self._aws_request_id = "00000000-0000-4000-8000-000000000000"


def http_event(
    method: str,
    path: str,
    *,
    query: Query | None = None,
    body: object = None,
    text: str | None = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A request; `body` is sent as JSON, `text` as it stands. A repeated parameter arrives joined by commas."""
    pairs = {name: [value] if isinstance(value, str) else list(value) for name, value in (query or {}).items()}
    content = text if body is None else json.dumps(body)
    sent = {"host": "api.example.com"}
    if content is not None:
        sent["content-type"] = "application/json"
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(pairs, doseq=True),
        "headers": sent | dict(headers or {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "test",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
            "requestId": "test=",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "timeEpoch": 1716560368000,
        },
        "isBase64Encoded": False,
    }
    if pairs:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in pairs.items()}
    if content is not None:
        event["body"] = content
    return event


def preferences_updated(user_id: object) -> dict[str, Any]:
    """SONA's event."""
    return _bus_event("sona", "UserPreferencesUpdated", {"user_id": user_id})


def hash_updated(user: object, *, erased: bool = False) -> dict[str, Any]:
    """SONA's event as our own engine has it sent: a CloudEvent that names the person as keys do."""
    detail = {
        "specversion": "1.0",
        "id": "e290469decf644078d8de656a0b5ff92",
        "source": "sona",
        "type": "UserPreferencesUpdated",
        "subject": user,
        "time": "2024-05-24T14:19:27.500000Z",
        "datacontenttype": "application/json",
        "data": {"user_hash": user, "erased": erased},
    }
    return _bus_event("sona", "UserPreferencesUpdated", detail)


def profile_record(user: str, number: int, kind: str = "MODIFY") -> dict[str, Any]:
    """A record of the stream of SONA's table, as Lambda gives it to a function: the keys only."""
    return {
        "eventID": f"{number:032x}",
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1716560367.5,
            "Keys": {"user": {"S": user}},
            "SequenceNumber": str(1100000000017454423000 + number),
            "SizeBytes": 36,
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": PROFILES + "/stream/2024-05-24T14:00:00.000",
    }


def parameter_changed(name: str) -> dict[str, Any]:
    """Parameter Store's event."""
    detail = {"name": name, "type": "String", "operation": "Update"}
    return _bus_event("aws.ssm", "Parameter Store Change", detail)


def _bus_event(source: str, detail_type: str, detail: object) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": detail_type,
        "source": source,
        "account": "123456789012",
        "time": "2024-05-24T14:19:28Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }
