"""That pytest goes into every folder of tests: by default it leaves some out by their names, `build` among them."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]


def test_no_folder_with_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    folders = {folder.name for file in TESTS.rglob("test_*.py") for folder in file.relative_to(TESTS).parents}

    patterns = pytestconfig.getini("norecursedirs")

    assert not [name for name in folders if name and any(fnmatch(name, pattern) for pattern in patterns)]
