"""Moto's AWS APIs as a process, with DynamoDB's promise that a conditional write is one step.

Moto's own command answers each request in a thread, and checks a condition and writes in two steps: of two writers on
the same version, both could be told that they were first. `python -m local.stack.moto_process --port PORT`
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

from local.stack.processes import HOST

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_DYNAMODB = "DynamoDB_"
"""How the target of DynamoDB's requests begins; those of its streams begin otherwise."""


class OneAtATime:
    """A WSGI application that answers DynamoDB's requests one after the other, and all others at once."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._turn = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith(_DYNAMODB):
            return self._application(environ, start_response)
        with self._turn:
            return self._application(environ, start_response)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Moto's AWS APIs.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    os.environ.setdefault("MOTO_PORT", str(port))  # moto puts it into the addresses that it answers
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    application = OneAtATime(DomainDispatcherApplication(create_backend_app))
    run_simple(HOST, port, application, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
