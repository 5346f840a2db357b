"""Run SONA on 127.0.0.1.

SONA_TOKEN=… SONA_USER_KEY=… python -m sona --port 8082 --catalogue .local/catalogues/demo

With `SONA_TOKEN` in the environment, requests need it as a bearer token; `SONA_USER_KEY` is the key of user hashes.
"""

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from botocore.exceptions import BotoCoreError

from discovery.artefacts.followed import Followed
from discovery.catalogue.bundle import open_catalogue
from discovery.catalogue.content import Content
from discovery.errors import BundleInvalid
from discovery.location import SCHEME, S3Prefix
from sona.api.routes import Api
from sona.api.server import application
from sona.demo import demo_users, viewing_events
from sona.engine import Engine
from sona.errors import SonaError, StoreUnavailable
from sona.history import History
from sona.learning import Learner, learned
from sona.model.model import Model
from sona.model.published import POLL_SECONDS, published_models
from sona.store.dynamodb import DynamoStore, dynamodb_client
from sona.store.memory import MemoryStore
from sona.store.port import ProfileStore
from sona.store.table import create_table

HOST = "127.0.0.1"
PORT = 8082
_PATIENCE_SECONDS = 2.0
"""For the store: longer than in a deployment, since on one machine everything happens at once."""
_START_SECONDS, _AGAIN_SECONDS = 30.0, 0.2


def main() -> int:
    """Serve until told to stop; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.catalogue is None and (arguments.model is None or arguments.users == "demo"):
        parser.error("--catalogue is needed, but for a --model with --users none")
    with tempfile.TemporaryDirectory(prefix="sona-") as scratch:
        try:
            served = _application(arguments, Path(scratch))
        except (BundleInvalid, SonaError) as error:
            print(error, file=sys.stderr)
            return 1
        try:
            # No access log: where there is no batch endpoint, a search is a hundred requests.
            web.run_app(served, host=HOST, port=arguments.port, access_log=None, print=None)
        except OSError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _application(arguments: argparse.Namespace, scratch: Path) -> web.Application:
    users = demo_users() if arguments.users == "demo" else []
    events = viewing_events(users, _contents(arguments.catalogue)) if users else {}
    store = _store(arguments)
    models = None
    if isinstance(arguments.model, S3Prefix):
        models = published_models(arguments.model, scratch / "models", poll_seconds=arguments.poll_seconds)
        model = models.current()
    elif arguments.model:
        model = Model.open(arguments.model)
    else:
        known = [History.of(of_one) for of_one in events.values()]
        known += [profile.history for _, profile in sorted(store.everybody())]
        model = learned(arguments.catalogue, known, scratch / "model-first")
    # Neither is an option: everybody on the machine can read a process's options.
    engine = Engine(model, store, user_key=os.environ.get("SONA_USER_KEY", "").encode())
    for user_id, of_one in events.items():
        engine.update(user_id, of_one)
    logging.info("model %s of %d titles, learned from %d people", model.id, model.size, model.manifest.people)
    token = os.environ.get("SONA_TOKEN", "")
    api = Api(engine, token=token, token_required=not arguments.open, batch=not arguments.no_batch)
    served = application(api, demo_users=users)
    if not arguments.model:
        served.cleanup_ctx.append(_learning(Learner(engine, store, arguments.catalogue, scratch)))
    if models is not None:
        served.cleanup_ctx.append(_following(engine, models, arguments.poll_seconds))
    return served


def _contents(bundle: Path) -> list[Content]:
    catalogue = open_catalogue(bundle)
    return catalogue.contents(range(catalogue.size))


def _following(
    engine: Engine, models: Followed[Model], seconds: float
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Have the engine score by what is published; it is polled on a thread, which no request waits for."""

    async def follow() -> None:
        while True:
            await asyncio.sleep(seconds)
            engine.model = await asyncio.to_thread(models.poll)

    async def running(_: web.Application) -> AsyncIterator[None]:
        following = asyncio.create_task(follow())
        yield
        following.cancel()

    return running


def _learning(learner: Learner) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(_: web.Application) -> AsyncIterator[None]:
        learner.start()
        yield
        learner.stop()

    return running


def _store(arguments: argparse.Namespace) -> ProfileStore:
    if not arguments.table:
        return MemoryStore()
    client = dynamodb_client(arguments.dynamodb_endpoint, timeout=_PATIENCE_SECONDS)
    if arguments.dynamodb_endpoint:
        _create(client, arguments.table)
    return DynamoStore(client, arguments.table)


def _create(client: Any, table: str) -> None:
    """Create the table on a stand-in for DynamoDB, which may start at this moment."""
    began = time.monotonic()
    while True:
        try:
            return create_table(client, table)
        except BotoCoreError as error:
            if time.monotonic() - began > _START_SECONDS:
                raise StoreUnavailable(f"no table could be created: {error}") from error
            time.sleep(_AGAIN_SECONDS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sona", description="SONA on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument("--catalogue", type=Path, help="folder of an index bundle, to learn and for the demo users")
    parser.add_argument(
        "--model",
        type=_location,
        help="folder of a trained model, or s3://bucket/prefix under which models are published; "
        "without one, it learns while it runs",
    )
    parser.add_argument(
        "--poll-seconds",
        type=float,
        default=POLL_SECONDS,
        help=f"how often to ask which model is the published one; default: {POLL_SECONDS:g}",
    )
    parser.add_argument("--table", help="DynamoDB table that people are kept in; without one, in memory")
    parser.add_argument("--dynamodb-endpoint", help="URL of a DynamoDB that checks no credentials")
    parser.add_argument("--open", action="store_true", help="answer requests without a token too")
    parser.add_argument("--no-batch", action="store_true", help="leave out the batch endpoint, as some engines do")
    parser.add_argument("--users", choices=["demo", "none"], default="demo", help="who has a history at the start")
    return parser


def _location(text: str) -> Path | S3Prefix:
    return S3Prefix.parse(text) if text.startswith(SCHEME) else Path(text)


if __name__ == "__main__":
    sys.exit(main())
