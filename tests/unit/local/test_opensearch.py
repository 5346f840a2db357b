"""Why an OpenSearch can't be had."""

from pathlib import Path

import pytest

from local.opensearch.assembly import OpenSearchMissing, java


def made_up_java(folder: Path, version: str) -> None:
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"""#!/bin/sh\necho 'openjdk version "{version}" 2025-01-01' >&2\n""")
    program.chmod(0o755)


def test_without_a_jdk_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(OpenSearchMissing, match="needs a JDK"):
        java()


@pytest.mark.parametrize(("version", "told"), [("11.0.2", "is 11"), ("1.8.0_292", "is 1"), ("?", "no version")])
def test_with_a_jdk_that_does_not_run_it_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, told: str
) -> None:
    made_up_java(tmp_path, version)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(OpenSearchMissing, match=told):
        java()


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.1"])
def test_a_jdk_that_runs_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    made_up_java(tmp_path, version)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    assert java() == str(tmp_path / "bin" / "java")
