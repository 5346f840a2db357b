"""The terminal, for whoever waits for a measurement."""

import sys

from rich.console import Console

_WIDTH_OF_A_FILE = 140


def terminal(*, stderr: bool = False) -> Console:
    """A console; on standard error where a function in this process logs to standard output."""
    is_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if is_terminal else _WIDTH_OF_A_FILE)
