"""`make run` and `make catalogue` build a bundle once, however many of them start together."""

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.processes import ROOT

CATALOGUES = ROOT / ".local" / "catalogues"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    """A source of a name that no other has, whose bundle goes with the test."""
    source = tmp_path / f"test-{uuid.uuid4().hex}.jsonl"
    with (ROOT / "catalogue" / "demo.jsonl").open() as lines:
        source.write_text("".join(next(lines) for _ in range(20)))
    yield source
    for left in CATALOGUES.glob(f"{source.stem}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def test_two_builds_at_once_make_one_bundle_that_both_name(source: Path) -> None:
    command = [str(ROOT / "tools" / "bundle.sh"), str(source)]
    builds = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    outputs = [build.communicate(timeout=60) for build in builds]

    bundle = CATALOGUES / source.stem
    assert [build.returncode for build in builds] == [0, 0], outputs
    assert [printed for printed, _ in outputs] == [f"{bundle}\n"] * 2
    assert [bool(said) for _, said in outputs].count(True) == 1, "one has built, and the other has nothing to say"
    assert (bundle / "manifest.json").is_file()
    assert [folder.name for folder in CATALOGUES.glob(f"*{source.stem}*") if folder.is_dir()] == [source.stem]
