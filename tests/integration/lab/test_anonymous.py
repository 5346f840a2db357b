"""The comparison with another checkout, which here is this one."""

from pathlib import Path

import pytest

from lab.benchmarks import anonymous
from lab.benchmarks.plan import Against, Plan
from lab.environments.process import environment_process
from local.stack.processes import ROOT, ProcessFailed
from tests import catalogues


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


def test_a_checkout_is_about_as_fast_as_itself(bundle: Path, tmp_path: Path) -> None:
    plan = Plan(quick=True, bundles=(bundle,), sizes=(), scratch=tmp_path, against=Against(ROOT, (bundle,)))

    (result,) = anonymous.run(plan)

    times, processor = result.comparisons[::2], result.comparisons[1::2]
    assert [comparison.target for comparison in times] == [0.5, 0.55]
    assert all(0.3 < comparison.value < 3 for comparison in processor)
    assert {figure.count for figure in result.figures} == {40}


def test_without_another_checkout_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="AGAINST"):
        anonymous.run(Plan(quick=True, bundles=(), sizes=(), scratch=tmp_path))


def test_a_checkout_that_can_not_be_loaded_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "functions" / "search").mkdir(parents=True)

    with pytest.raises(ProcessFailed, match="exit code 1"), environment_process({}, [], checkout=tmp_path):
        pass
    assert "No module named 'app'" in capfd.readouterr().err
