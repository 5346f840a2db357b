"""Ends the children of a program that was killed (SIGKILL, a crash) before it could end them itself.

Runs as a process of its own and reads lines `+pid` and `-pid` from the program. The end of that input means that the
program is gone; the watcher then ends what the program started and did not report as stopped. Every Unix tells of a
pipe's end, while a parent-death signal exists on Linux only.
"""

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time

GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL."""


class Leash:
    """The program's side: tells the watcher process of children."""

    def __init__(self) -> None:
        # A session of its own: the Ctrl-C that ends the program must not end its watcher first.
        self._watcher = subprocess.Popen(
            [sys.executable, "-P", "-S", "-E", __file__], stdin=subprocess.PIPE, start_new_session=True
        )
        atexit.register(self._let_go)

    def hold(self, pid: int) -> None:
        """Have `pid` ended when this program is gone."""
        self._say(f"+{pid}\n")

    def release(self, pid: int) -> None:
        """Forget `pid`: it has ended, and its number may soon belong to another process."""
        self._say(f"-{pid}\n")

    def _say(self, line: str) -> None:
        stdin = self._watcher.stdin
        if stdin is not None and not stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                stdin.write(line.encode())
                stdin.flush()

    def _let_go(self) -> None:
        if self._watcher.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watcher.stdin.close()
        self._watcher.wait()


@functools.cache
def leash() -> Leash:
    """The one leash of this program, made with its first child."""
    return Leash()


def _watch() -> None:
    held: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line.startswith("+"):
            held.add(pid)
        else:
            held.discard(pid)
    deadline = time.monotonic() + GRACE
    _signal(held, signal.SIGTERM)
    while held and time.monotonic() < deadline:
        time.sleep(0.05)
        held = {pid for pid in held if _alive(pid)}
    _signal(held, signal.SIGKILL)


def _signal(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _watch()
