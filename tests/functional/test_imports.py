"""What a function finds in Lambda: its own folder and the layer, and nothing else of ours."""

import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

import discovery

ROOT = Path(__file__).parents[2]
LAYER = [str(Path(package.__path__[0]).parent) for package in (discovery, pydantic)]
PROGRAM = "import sys; sys.path[:0] = sys.argv[1:]; import app; app.lambda_handler"


@pytest.mark.parametrize("function", ["search", "invalidation", "deployment"])
def test_a_function_needs_its_own_folder_and_the_layer_alone(function: str, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(ROOT / "functions" / function), *LAYER]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
