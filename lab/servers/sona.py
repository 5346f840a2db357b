"""The least that can be SONA: the faster it is, the harder a ratio to it.

python -m lab.servers.sona --port 8083 --no-batch
"""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from discovery.sona.contract import SCORE_PATH, SCORES_PATH
from lab.servers.scores import scored
from local.stack.processes import HOST, Process, free_port


async def _batch(request: web.Request) -> web.Response:
    asked = await request.json()
    scores = [scored(asked["user_id"], content_id) for content_id in asked["content_ids"]]
    return web.json_response({"user_id": asked["user_id"], "scores": scores})


async def _single(request: web.Request) -> web.Response:
    asked = await request.json()
    return web.json_response({"user_id": asked["user_id"], **scored(asked["user_id"], asked["content_id"])})


def minimal_sona_server(port: int, directory: Path, *, batch: bool = True) -> Process:
    """Its process; the log is `directory/sona.log`."""
    command = [sys.executable, "-m", "lab.servers.sona", "--port", str(port)]
    command += [] if batch else ["--no-batch"]
    return Process("minimal SONA", command, log=directory / "sona.log", port=port)


@contextlib.contextmanager
def minimal_sona(directory: Path, *, batch: bool = True) -> Iterator[str]:
    """Run it in a process of its own, on a free port; yields its URL."""
    port = free_port()
    with minimal_sona_server(port, directory, batch=batch):
        yield f"http://{HOST}:{port}"


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m lab.servers.sona")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--no-batch", action="store_true")
    arguments = parser.parse_args()
    application = web.Application()
    application.router.add_post(SCORE_PATH, _single)
    if not arguments.no_batch:
        application.router.add_post(SCORES_PATH, _batch)
    web.run_app(application, host=HOST, port=arguments.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
