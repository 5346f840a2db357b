"""Known vulnerabilities of pinned requirements, asked of OSV by pip-audit."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

OSV_URL = "https://api.osv.dev/v1/query"


class SourceUnreachable(Exception):
    """The source of advisories can't be asked from here."""


@dataclass(frozen=True)
class Vulnerability:
    """A known vulnerability of a pinned package."""

    file: Path
    package: str
    version: str
    id: str
    aliases: frozenset[str]
    fixed_in: tuple[str, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Every name that it has."""
        return self.aliases | {self.id}


def check_source(url: str, *, timeout_sec: float = 10.0) -> None:
    """Ask the source about a package that it knows of.

    Raises:
        SourceUnreachable: it does not answer, or not as OSV does.
    """
    query = {"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "26.0"}
    try:
        httpx.post(url, json=query, timeout=timeout_sec).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise SourceUnreachable(f"{url}: {error}") from error


def vulnerabilities(pip_audit: Sequence[str], files: Sequence[Path], url: str) -> list[Vulnerability]:
    """Every known vulnerability of the packages that the files pin.

    Raises:
        RuntimeError: pip-audit could not finish.
    """
    return [found for file in files for found in _of_file(pip_audit, file, url)]


def _of_file(pip_audit: Sequence[str], file: Path, url: str) -> list[Vulnerability]:
    command = [*pip_audit, "--requirement", str(file), "--no-deps", "--disable-pip", "--require-hashes"]
    command += ["--vulnerability-service", "osv", "--osv-url", url, "--format", "json", "--progress-spinner", "off"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        raise RuntimeError(f"pip-audit could not look {file} over:\n{answer.stderr}") from error
    return [
        Vulnerability(
            file,
            package["name"],
            package["version"],
            found["id"],
            frozenset(found["aliases"]),
            tuple(found["fix_versions"]),
        )
        for package in packages
        for found in package.get("vulns", ())
    ]
