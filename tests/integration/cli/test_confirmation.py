"""Asking on a terminal, with the command as a program of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest

from local.stack.processes import ROOT
from tests.integration.conftest import Put

Values = Callable[[], dict[str, str]]


@pytest.mark.parametrize(("answer", "exit_code", "stored"), [("y", 0, "0.5"), ("n", 4, "0.3")])
def test_a_person_is_asked_and_obeyed(
    put: Put, values: Values, stage: str, *, answer: str, exit_code: int, stored: str
) -> None:
    put("boost_weight", "0.3")
    command = [sys.executable, "-c", "from discovery_cli import main; main()"]
    command += ["weights", "set", "boost_weight", "0.5", "--stage", stage]
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())  # typed ahead
        done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)

    assert done.returncode == exit_code, done.stderr
    assert "Write this? [y/N]" in done.stderr
    assert values()["boost_weight"] == stored
