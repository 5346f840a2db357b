"""One execution environment: loads a handler as Lambda does and feeds it from the Runtime API, one event at a time.

    AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001 python local/stack/environment.py functions/search/app.py lambda_handler

It needs the standard library alone and imports nothing of the project: what the function can import here is what it
can import in Lambda. AWS's own client of this API (awslambdaric) has wheels for Linux only.
"""

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_API = "/2018-06-01/runtime"

type Handler = Callable[[Any, "LambdaContext"], Any]


class LambdaContext:
    """The second argument of a handler; the attributes are those of AWS's "Lambda context object in Python"."""

    identity = None
    client_context = None

    def __init__(self, headers: http.client.HTTPMessage) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout."""
        return max(0, self._deadline_ms - int(time.time() * 1000))


class RuntimeClient:
    """The Runtime API over one kept connection."""

    def __init__(self, address: str) -> None:
        # No timeout: `next` answers when there is an event, be that in an hour. If the other end dies, the socket does.
        self._connection = http.client.HTTPConnection(address)

    def next(self) -> tuple[Any, http.client.HTTPMessage]:
        """Wait for an event; returns it with the headers that describe the invocation."""
        status, headers, body = self._exchange("GET", f"{_API}/invocation/next")
        if status != http.client.OK:
            raise ConnectionError(f"the Runtime API answered {status} to next")
        return json.loads(body), headers

    def respond(self, request_id: str, response: bytes) -> None:
        """Hand in what the handler returned."""
        self._exchange("POST", f"{_API}/invocation/{request_id}/response", response)

    def fail(self, path: str, error: BaseException, request_id: str = "") -> None:
        """Hand in an error; `path` is `init/error` or `invocation/{id}/error`."""
        payload = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "requestId": request_id,
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        headers = {"Lambda-Runtime-Function-Error-Type": type(error).__name__}
        self._exchange("POST", f"{_API}/{path}", json.dumps(payload).encode(), headers)

    def _exchange(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()


def load_handler(file: Path, name: str) -> Handler:
    """Import the function's module under its own name (`app`), with its folder first on the path, as Lambda does."""
    sys.path.insert(0, str(file.parent.resolve()))
    handler: Handler = getattr(importlib.import_module(file.stem), name)
    return handler


def serve(client: RuntimeClient, handler: Handler) -> None:
    """Handle one event after the other, for ever."""
    while True:
        event, headers = client.next()
        context = LambdaContext(headers)
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            response = json.dumps(handler(event, context), ensure_ascii=False).encode()
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its invocation's error, not ours
            traceback.print_exc()
            client.fail(f"invocation/{context.aws_request_id}/error", error, context.aws_request_id)
        else:
            client.respond(context.aws_request_id, response)


def main() -> int:
    """Run until the Runtime API is gone."""
    file, name = Path(sys.argv[1]), sys.argv[2]
    client = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        try:
            handler = load_handler(file, name)
        except Exception as error:  # noqa: BLE001 - as above: the function's error, which its owner wants to read
            traceback.print_exc()
            client.fail("init/error", error)
            return 1
        serve(client, handler)
    except (OSError, http.client.HTTPException):
        return 0  # the stack has ended, perhaps by SIGKILL: nobody is left to serve
    return 0


if __name__ == "__main__":
    sys.exit(main())
