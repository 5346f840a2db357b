"""`make sam-local`: beside `make run`, makes `sam local` ready and prints what to type, until Ctrl-C.

python -m local.containers --architecture x86_64 [--port 8080]
"""

import argparse
import contextlib
import shlex
import signal
import sys
from pathlib import Path

from discovery.errors import BundleInvalid
from local.containers.engine import Engine, EngineMissing, container_engine
from local.containers.image import ImageMissing
from local.containers.local_template import LOCAL_TEMPLATE
from local.containers.preparation import prepared
from local.containers.sam import SAM
from local.stack.folders import NoStack, find
from local.stack.lock import Lock
from local.stack.processes import ROOT, ProcessFailed

STATE = ROOT / ".local"
VARIABLES = STATE / "sam" / "variables.json"
"""The SAM CLI finds it through samconfig.toml."""


def main() -> int:
    """Make everything ready and wait for Ctrl-C; returns the exit code."""
    arguments = _parser().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # raises KeyboardInterrupt: whatever ends it, it cleans up
    if not (lock := Lock(STATE / "locks" / "sam-local")).take():
        return _refuse("`make sam-local` runs in this checkout already: stop it first")
    try:
        stack = find(arguments.state.resolve(), arguments.port)
        with (
            contextlib.suppress(KeyboardInterrupt),
            container_engine() as engine,
            prepared(engine, stack, state=arguments.state, variables=VARIABLES, architecture=arguments.architecture),
        ):
            print(_welcome(engine, stack.api_url), flush=True)
            signal.pause()
    except (EngineMissing, ImageMissing, NoStack, ProcessFailed, BundleInvalid, OSError) as error:
        return _refuse(str(error))
    finally:
        lock.release()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.containers", description="Make `sam local` ready for `make run`."
    )
    parser.add_argument("--architecture", default="x86_64", help="what the functions were built for")
    parser.add_argument("--port", type=int, help="the API's port of a running stack (default: the one started last)")
    parser.add_argument("--state", type=Path, default=STATE, help="folder of the running stacks")
    return parser


def _welcome(engine: Engine, api_url: str) -> str:
    assignments = [f"{name}={shlex.quote(value)}" for name, value in engine.env.items()]
    sam = " ".join([*assignments, shlex.quote(str(SAM)), "local"])
    return f"""
Containers reach the local stack of {api_url} until Ctrl-C. From {ROOT}:

# One event
{sam} invoke --config-env local --event events/search-get.json SearchFunction

# The engine, once SONA's token is in the event
{sam} invoke --config-env local --event events/sona-scores.json SonaFunction

# The API, on http://127.0.0.1:3000
{sam} start-api --config-env local

The template they run is {LOCAL_TEMPLATE.relative_to(ROOT)}, its variables are in {VARIABLES.relative_to(ROOT)}.
"""


def _refuse(message: str) -> int:
    print(f"! {message}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
