"""What a function finds in Lambda: its own folder and the layer, and nothing else of ours."""

import shutil
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

import discovery

ROOT = Path(__file__).parents[2]
LAYER = [str(Path(package.__path__[0]).parent) for package in (discovery, pydantic)]
PROGRAM = "import sys; sys.path[:0] = sys.argv[1:]; import app; app.lambda_handler"


def imported(function: Path, folder: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(function), *LAYER]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("function", ["search", "invalidation", "experiments", "deployment", "sona_changes"])
def test_a_function_needs_its_own_folder_and_the_layer_alone(function: str, tmp_path: Path) -> None:
    imported(ROOT / "functions" / function, tmp_path)


@pytest.mark.skipif(shutil.which("make") is None, reason="its folder is made by make")
def test_the_engine_needs_the_serving_part_of_its_package_besides(tmp_path: Path) -> None:
    built = tmp_path / "built"
    built.mkdir()
    command = ["make", "--makefile", str(ROOT / "functions" / "sona" / "Makefile"), "build-SonaFunction"]
    subprocess.run([*command, f"ARTIFACTS_DIR={built}"], cwd=tmp_path, check=True, capture_output=True)

    imported(built, tmp_path)
    assert not list(built.rglob("train*"))
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 200_000
