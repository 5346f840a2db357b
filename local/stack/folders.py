"""The folders of running stacks: `stacks/<API port>` in a state folder, each with a `stack.json` and logs of its own.

The state folder itself holds what its stacks share: keys, built catalogues, and `stack.json`, a link to the one of the
stack that was started last.
"""

import contextlib
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from local.stack.description import Description
from local.stack.lock import Lock

FILE = "stack.json"


class NoStack(Exception):
    """No stack runs, or none on the port that was asked for."""


def port_lock(state: Path, port: int) -> Lock:
    """What a stack holds for each port that it chose: two that start together choose different ones."""
    return Lock(state / "locks" / f"port-{port}")


def folder_of(state: Path, port: int) -> Path:
    """The folder of the stack whose API is on this port."""
    return state / "stacks" / str(port)


def make_folder(state: Path, port: int) -> Path:
    """Make an empty folder for a stack that holds this port's lock; folders of stacks that ended are removed."""
    for old in (state / "stacks").glob("[0-9]*"):
        lock = port_lock(state, int(old.name))
        if lock.take():
            shutil.rmtree(old)
            lock.release()
    folder = folder_of(state, port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def running(state: Path) -> list[Description]:
    """The stacks that run, the one started last first."""
    found = []
    for file in (state / "stacks").glob(f"[0-9]*/{FILE}"):
        if port_lock(state, int(file.parent.name)).is_held:
            with contextlib.suppress(FileNotFoundError):  # it stopped meanwhile
                found.append(Description.read(file))
    return sorted(found, key=lambda stack: stack.started_at, reverse=True)


def find(state: Path, port: int | None = None) -> Description:
    """The stack whose API is on this port; without a port the one started last.

    Raises:
        NoStack: there is none.
    """
    for stack in running(state):
        if port is None or urlsplit(stack.api_url).port == port:
            return stack
    where = "" if port is None else f" on port {port}"
    raise NoStack(f"no local stack runs{where}: start `make run` in another terminal first")


def link_newest(state: Path) -> None:
    """Have `stack.json` of the state folder name the stack started last, or be gone where none runs."""
    link = state / FILE
    with Lock(state / "locks" / "newest"):
        stacks = running(state)
        if not stacks:
            link.unlink(missing_ok=True)
            return
        beside = link.with_suffix(".link")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.path.relpath(Path(stacks[0].folder) / FILE, state))
        beside.replace(link)
