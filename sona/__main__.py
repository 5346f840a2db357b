"""Run SONA on 127.0.0.1.

SONA_TOKEN=… python -m sona --port 8082 --catalogue .local/catalogues/demo

With `SONA_TOKEN` in the environment, requests need it as a bearer token.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from aiohttp import web

from discovery.catalogue.bundle import open_catalogue
from discovery.errors import BundleInvalid
from sona.app import Sona
from sona.demo import demo_users, histories
from sona.engine import Engine
from sona.events import Announcer, events_client
from sona.features import Features

HOST = "127.0.0.1"
PORT = 8082


def main() -> int:
    """Serve until told to stop; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    arguments = _parser().parse_args()
    try:
        sona = _sona(arguments)
    except BundleInvalid as error:
        print(error, file=sys.stderr)
        return 1
    try:
        # No access log: where there is no batch endpoint, a search is a hundred requests.
        web.run_app(sona.application(), host=HOST, port=arguments.port, access_log=None, print=None)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _sona(arguments: argparse.Namespace) -> Sona:
    catalogue = open_catalogue(arguments.catalogue)
    contents = catalogue.contents(range(catalogue.size))
    engine = Engine(Features.of(catalogue.ids, catalogue.vectors, contents))
    users = demo_users() if arguments.users == "demo" else []
    engine.load(histories(users, contents))
    logging.info("%d contents, %d users", engine.features.size, engine.user_count)
    announcer = Announcer(events_client(arguments.events_endpoint)) if arguments.events_endpoint else None
    # Not an option: everybody on the machine can read a process's options.
    token = os.environ.get("SONA_TOKEN", "")
    return Sona(engine, demo_users=users, announcer=announcer, batch=not arguments.no_batch, token=token)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sona", description="A small SONA on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument("--catalogue", type=Path, required=True, help="folder of an index bundle")
    parser.add_argument("--events-endpoint", help="URL of the EventBridge API that is told of updated profiles")
    parser.add_argument("--no-batch", action="store_true", help="leave out the batch endpoint, as some engines do")
    parser.add_argument("--users", choices=["demo", "none"], default="demo", help="who has a history at the start")
    return parser


if __name__ == "__main__":
    sys.exit(main())
