"""The folder that mutmut works in: the checkout in the layout that it expects, source in `src` and tests in `tests`."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_LINKS = {"src": "layers/discovery", "tests": "tests", "catalogue": "catalogue", "pyproject.toml": "pyproject.toml"}
RESULTS = "mutants"
"""Where mutmut puts the mutated source, its copy of the tests, and what came of each mutant."""


def lay_out(root: Path, workspace: Path) -> None:
    """Make the folder anew: mutmut would keep a verdict though the test that gave it has changed."""
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    for name, place in _LINKS.items():
        (workspace / name).symlink_to(root / place)


def run(workspace: Path, names: Sequence[str], log: Path) -> int:
    """Run mutmut over the mutants of these names (all, if there is none); returns its exit code.

    It shows its progress on a terminal and writes it to the log elsewhere.
    """
    command = [str(Path(sys.executable).with_name("mutmut")), "run", *names]
    if sys.stdout.isatty():
        return subprocess.run(command, cwd=workspace, check=False).returncode
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.run(command, cwd=workspace, check=False, stdout=output, stderr=output).returncode
