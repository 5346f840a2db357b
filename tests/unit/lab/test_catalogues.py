"""Bundles of this checkout and of another one."""

import os
import subprocess
from pathlib import Path

from lab.catalogues import bundle_of, command_line_of


def test_another_checkouts_command_is_what_its_project_file_says(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
[project.scripts]
discovery = "elsewhere.cli:main"

[tool.hatch.build.targets.wheel]
dev-mode-dirs = ["programs", "."]
"""
    )
    package = tmp_path / "programs" / "elsewhere"
    package.mkdir(parents=True)
    (package / "cli.py").write_text("def main():\n    print('the other one')\n")
    program = tmp_path / "discovery"
    program.write_text(command_line_of(tmp_path))
    program.chmod(0o755)

    run = subprocess.run([str(program)], stdout=subprocess.PIPE, text=True, check=True, env={"PATH": os.defpath})

    assert run.stdout == "the other one\n"


def test_a_bundle_is_its_own_bundle(tmp_path: Path) -> None:
    assert bundle_of(tmp_path) == tmp_path.resolve()
