"""`make audit` with a source of advisories that answers as OSV does, and without one; pip-audit is the real one."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from local.stack.processes import free_port
from tools.audit.__main__ import main, refused_vulnerabilities
from tools.audit.accepted import read_accepted

ADVISORY = {
    "id": "GHSA-0000-0000-0000",
    "aliases": ["CVE-2026-0001"],
    "summary": "Runs what it is told",
    "affected": [
        {
            "package": {"name": "idna", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}],
        }
    ],
}

Audit = Callable[..., tuple[list[str], str]]
"""Audits two packages with accepted entries (TOML); returns what it refuses, and what it printed."""


class Osv(BaseHTTPRequestHandler):
    """Knows of one vulnerability, of idna."""

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": [ADVISORY]} if query["package"]["name"] == "idna" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Nothing."""


@pytest.fixture(scope="module")
def osv() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Osv) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    file = tmp_path / "pinned.txt"
    file.write_text("".join(f"{pinned} --hash=sha256:{'0' * 64}\n" for pinned in ("idna==3.20", "h11==0.16.0")))
    return file


@pytest.fixture
def audit(tmp_path: Path, pinned: Path, osv: str, capfd: pytest.CaptureFixture[str]) -> Audit:
    def run(entries: str = "", url: str = osv) -> tuple[list[str], str]:
        accepted = tmp_path / "accepted.toml"
        accepted.write_text(entries)
        refused = refused_vulnerabilities([pinned], read_accepted(accepted), osv_url=url, timeout_sec=10.0)
        return refused, capfd.readouterr().out

    return run


def test_a_known_vulnerability_is_refused_by_package_version_and_advisory(audit: Audit) -> None:
    refused, _ = audit()

    assert refused == ["pinned.txt: idna 3.20: CVE-2026-0001, fixed in 9.9"]


@pytest.mark.parametrize("name", ["GHSA-0000-0000-0000", "CVE-2026-0001"])
def test_one_that_is_accepted_with_a_reason_by_any_of_its_names_passes(name: str, audit: Audit) -> None:
    refused, output = audit(f'[[vulnerability]]\nid = "{name}"\nreason = "never told"\n')

    assert refused == []
    assert "1 known vulnerabilities, 1 of them accepted" in output


def test_an_accepted_one_that_is_no_longer_found_is_refused(audit: Audit) -> None:
    refused, _ = audit('[[vulnerability]]\nid = "CVE-2020-0001"\nreason = "long ago"\n')

    assert "CVE-2020-0001: accepted vulnerability not found" in refused


def test_a_source_that_can_not_be_reached_fails_nothing_and_is_said(audit: Audit) -> None:
    refused, output = audit(url=f"http://127.0.0.1:{free_port()}/v1/query")

    assert refused == []
    assert "NOT AUDITED" in output


def test_the_command_fails_and_its_bill_of_materials_holds_the_layers_packages_and_no_others(
    tmp_path: Path, pinned: Path, osv: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = main([str(pinned), "--bill", str(tmp_path / "sbom.json"), "--osv-url", osv])

    assert code == 1
    assert capfd.readouterr().err == "! pinned.txt: idna 3.20: CVE-2026-0001, fixed in 9.9\n"
    bill = json.loads((tmp_path / "sbom.json").read_text())
    names = {component["name"].lower() for component in bill["components"]}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {"pydantic", "tantivy", "redis", "aws_lambda_powertools"} <= names
    assert not names & {"pytest", "boto3", "moto", "mypy"}
    assert all(component["purl"].startswith("pkg:pypi/") for component in bill["components"])
