"""Which package of `discovery` may import which: those of the levels below its own, and none beside it."""

import ast
from pathlib import Path

import pytest

import discovery

PACKAGE = Path(discovery.__path__[0])
LEVELS = [
    {"composition"},
    {"search"},
    {"retrieval", "personalization"},
    {"policy", "sona"},
    {"experiments"},
    {"api"},
    {"catalogue", "valkey", "privacy", "statistics"},
    {"settings", "errors", "observability", "lifecycle", "names", "location"},
]
"""As in CONTRIBUTING.md; within the last, `settings` takes the types of `location`."""
NAMES = sorted(path.stem for path in PACKAGE.iterdir() if not path.stem.startswith("__"))


def imported(name: str) -> set[str]:
    """The packages of `discovery` that one of them imports, itself left out."""
    files = [PACKAGE / f"{name}.py", *(PACKAGE / name).rglob("*.py")]
    nodes = [node for file in files if file.exists() for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {module.split(".")[1] for module in modules if module.startswith("discovery.")} - {name}


@pytest.mark.parametrize("name", NAMES)
def test_a_package_imports_only_from_the_levels_below(name: str) -> None:
    (level,) = [number for number, names in enumerate(LEVELS) if name in names]
    below = set().union(*LEVELS[level + 1 :])
    assert imported(name) <= (below | {"location"} if name == "settings" else below)
