"""What the programs search for, where they write, and who they are."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from local.stack.processes import ROOT
from tests import tokens

QUERIES = (
    "a journey through space",
    "love story in paris",
    "soldiers in a war",
    "detective murder mystery",
    "family comedy with animals",
    "bank heist crew",
    "haunted house ghost horror",
    "music and dance drama",
    "robots and artificial intelligence",
    "king and queen palace intrigue",
)
"""Between 20 and 216 candidates each in the demo catalogue."""

DOCUMENT = ROOT / "docs" / "reliability.md"
_TOKEN_HOURS = 24


def demo_bundle() -> Path:
    """The demo catalogue's index bundle, built where it is not up to date."""
    source = str(ROOT / "catalogue" / "demo.jsonl")
    made = subprocess.run([str(ROOT / "tools" / "bundle.sh"), source], check=True, stdout=subprocess.PIPE, text=True)
    return Path(made.stdout.strip())


@cache
def token_of(user: str) -> str:
    """A token that outlives the longest soak."""
    return tokens.token(user, exp=int(time.time()) + _TOKEN_HOURS * 3600)


@contextmanager
def functions_log(path: Path) -> Iterator[None]:
    """Write to a file what the functions write to standard output, as Lambda does; programs use standard error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    kept = os.dup(1)
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def provenance(command: str) -> str:
    """When, where and how figures were made."""
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"Measured {when} on {machine}, with `{command}`."


def write_between(marker: str, text: str) -> None:
    """Replace what stands between `<!-- marker -->` and `<!-- /marker -->` in the document; the prose stays."""
    document = DOCUMENT.read_text()
    begin, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{DOCUMENT.name} has no markers {begin} … {end}")
    DOCUMENT.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
