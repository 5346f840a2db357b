"""`make run`: the whole system on 127.0.0.1.

python -m local.stack --port 8080 --catalogue .local/catalogues/demo
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from aiohttp import ClientError

from local.stack.assembly import Options, Stack
from local.stack.deployment import read_deployment
from local.stack.folders import port_lock
from local.stack.issuer import Issuer
from local.stack.processes import ROOT, ProcessFailed, answers, free_port
from local.stack.runtime_api import FunctionError
from local.stack.welcome import welcome

PORT = 8080
SONA_PORT = 8082


def main() -> int:
    """Run the stack until it is told to stop; returns the exit code."""
    arguments = _parser().parse_args()
    if not (arguments.catalogue / "manifest.json").is_file():
        return _refuse(f"there is no index bundle in {arguments.catalogue}; `make run` builds one")
    if arguments.environments < 1:
        return _refuse("--environments must be 1 or more")
    state = arguments.state.resolve()
    try:
        with contextlib.ExitStack() as ports:
            options = Options(
                port=_port(ports, state, "--port", arguments.port, PORT),
                sona_port=_port(ports, state, "--sona-port", arguments.sona_port, SONA_PORT),
                environments=arguments.environments,
                catalogue=arguments.catalogue.resolve(),
                stage=arguments.stage,
                state=state,
                valkey_url=os.environ.get("VALKEY_URL") or None,
            )
            return asyncio.run(_run(options))
    except (ProcessFailed, FunctionError, OSError, ClientError, ExceptionGroup) as error:
        causes = error.exceptions if isinstance(error, ExceptionGroup) else [error]
        return _refuse(f"the stack did not start: {'; '.join(str(cause) for cause in causes)}")


async def _run(options: Options) -> int:
    began = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    issuer = Issuer(options.state)
    deployment = read_deployment(ROOT / "template.yaml", stage=options.stage)
    stack = Stack(deployment, options, issuer, report=_report)
    starting = asyncio.create_task(stack.start())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            seconds = time.monotonic() - began
            print(welcome(await starting, issuer, seconds=seconds), flush=True)
            await stopping
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await stack.stop()
    return 0


def _port(ports: contextlib.ExitStack, state: Path, option: str, named: int | None, default: int) -> int:
    """The port that the person named; without one the default or, where that is taken, a free one.

    It is this stack's until `ports` is left: another stack may choose before this one serves there.

    Raises:
        OSError: the port that the person named is taken; a different one would surprise them.
    """
    candidates = [default, free_port()] if named is None else [named or free_port()]
    for port in candidates:
        lock = port_lock(state, port)
        if not answers(port) and lock.take():
            ports.callback(lock.release)
            if port not in (default, named):
                _report(f"port {default} is taken; using {port} ({option} chooses another)")
            return port
    raise OSError(f"port {candidates[0]} is taken ({option} chooses another)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.stack", description="Run the whole system on 127.0.0.1.")
    parser.add_argument("--port", type=int, help=f"the API's port (default: {PORT}, or a free one)")
    parser.add_argument("--sona-port", type=int, help=f"SONA's port (default: {SONA_PORT}, or a free one)")
    parser.add_argument("--environments", type=int, default=2, help="execution environments of each function")
    parser.add_argument("--catalogue", type=Path, required=True, help="folder of an index bundle")
    parser.add_argument("--stage", default="local", help="part of the parameters' names")
    parser.add_argument("--state", type=Path, default=ROOT / ".local", help="folder of keys and of running stacks")
    return parser


def _report(message: str) -> None:
    print(f"! {message}", file=sys.stderr, flush=True)


def _refuse(message: str) -> int:
    _report(message)
    return 1


if __name__ == "__main__":
    sys.exit(main())
