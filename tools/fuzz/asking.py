"""Runs schemathesis, which has an environment of its own."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.stack.processes import ROOT
from tools.fuzz.report import Outcome, outcomes

LIMIT_SEC = 1800.0
"""Of one caller's run: far above what 600 examples take."""
_CONFIGURATION = ROOT / "tools/fuzz/schemathesis.toml"
_SCHEMATHESIS = ROOT / ".venv-fuzz/bin/schemathesis"


@dataclass(frozen=True)
class Asked:
    """What came of one caller's requests."""

    outcomes: dict[str, Outcome]
    """By operation."""
    excused: int
    """Failures that `excuses` let pass."""
    passed: bool
    """Whether schemathesis came to its end and found nothing."""
    printed: str


def ask(url: str, token: str | None, folder: Path, *, examples: int, seed: int) -> Asked:
    """Ask the API at a URL from the document that it serves; `folder` is for the report.

    Raises:
        subprocess.TimeoutExpired: it took too long.
    """
    events = folder / f"{seed}.ndjson"
    command = [str(_SCHEMATHESIS), "--no-color", "--config-file", str(_CONFIGURATION), "run", f"{url}/openapi.json"]
    command += ["--checks", "all", "--max-examples", str(examples), "--seed", str(seed)]
    command += ["--report", "ndjson", "--report-ndjson-path", str(events)]
    if token is not None:
        command += ["--header", f"Authorization: Bearer {token}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}  # the hooks are there
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_SEC, check=False
    )
    excused = re.search(r"^Filtered: (\d+)", ended.stdout, re.MULTILINE)
    return Asked(
        outcomes(events.read_text(encoding="utf-8").splitlines()) if events.exists() else {},
        int(excused[1]) if excused else 0,
        ended.returncode == 0,
        ended.stdout + ended.stderr,
    )
