"""The folder that mutmut works in."""

from pathlib import Path

from lab.mutants.workspace import lay_out
from local.stack.processes import ROOT


def test_it_has_source_tests_catalogue_and_settings_where_mutmut_looks_and_nothing_of_an_earlier_run(
    tmp_path: Path,
) -> None:
    workspace = tmp_path / "mutants"
    (workspace / "mutants").mkdir(parents=True)

    lay_out(ROOT, workspace)

    assert sorted(path.name for path in workspace.iterdir()) == ["catalogue", "pyproject.toml", "src", "tests"]
    assert (workspace / "src" / "discovery" / "__init__.py").is_file()
    assert (workspace / "tests" / "unit").is_dir()
