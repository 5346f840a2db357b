"""`python -m tools.audit`: fail for a vulnerability or a licence that nobody accepted, and list what is installed.

Where the source of advisories can't be reached, that is said, and fails nothing.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.audit.accepted import Accepted, read_accepted
from tools.audit.advisories import OSV_URL, SourceUnreachable, check_source, vulnerabilities
from tools.audit.licences import licences, not_permissive

ROOT = Path(__file__).parents[2]
FILES = (ROOT / "layers/discovery/requirements.txt", *sorted((ROOT / "requirements").glob("*.txt")))
_AUDIT = ROOT / ".venv-audit/bin"


def main(arguments: list[str] | None = None) -> int:
    """Audit; returns the exit code."""
    options = _parser().parse_args(arguments)
    accepted = read_accepted(options.accepted)
    files = options.requirements or FILES
    refused = [
        *_licences(options.bill, accepted),
        *refused_vulnerabilities(files, accepted, osv_url=options.osv_url, timeout_sec=options.timeout),
    ]
    for line in refused:
        print(f"! {line}", file=sys.stderr)
    return 1 if refused else 0


def _licences(bill: Path, accepted: Accepted) -> list[str]:
    """Write the bill of materials; returns what is to be refused in it."""
    bill.parent.mkdir(parents=True, exist_ok=True)
    command = [str(_AUDIT / "cyclonedx-py"), "environment", "--output-reproducible", "--output-format", "JSON"]
    subprocess.run([*command, "--output-file", str(bill), str(ROOT / ".venv-runtime/bin/python")], check=True)
    content = json.loads(bill.read_text(encoding="utf-8"))
    print(f"{len(licences(content))} packages in the functions' layer: {bill}")
    return refused_licences(not_permissive(content), accepted)


def refused_licences(found: dict[str, str], accepted: Accepted) -> list[str]:
    """What is to be said of licences that are not permissive, and of accepted ones that are not there."""
    known = {entry.package: entry.licence for entry in accepted.licence}
    refused = [f"{name}: licence {text or 'unknown'}" for name, text in found.items() if known.get(name) != text]
    return refused + [f"{name}: accepted licence not found" for name in known if name not in found]


def refused_vulnerabilities(
    files: Sequence[Path], accepted: Accepted, *, osv_url: str = OSV_URL, timeout_sec: float
) -> list[str]:
    """What is to be said of known vulnerabilities in pinned files, and of accepted ones that are not there."""
    try:
        check_source(osv_url, timeout_sec=timeout_sec)
    except SourceUnreachable as error:
        print(f"NOT AUDITED: the source of advisories can't be reached from here ({error})")
        return []
    found = vulnerabilities([str(_AUDIT / "pip-audit")], files, osv_url)
    known = {entry.id for entry in accepted.vulnerability}
    print(f"{len(found)} known vulnerabilities, {sum(bool(item.ids & known) for item in found)} of them accepted")
    refused = [
        f"{item.file.name}: {item.package} {item.version}: {item.id}, fixed in {', '.join(item.fixed_in) or 'none'}"
        for item in found
        if not item.ids & known
    ]
    gone = known - {name for item in found for name in item.ids}
    return refused + [f"{name}: accepted vulnerability not found" for name in sorted(gone)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description="Audit what is installed.")
    parser.add_argument("requirements", type=Path, nargs="*", help="pinned files (default: all of the repository)")
    parser.add_argument("--bill", type=Path, default=ROOT / ".local/sbom.json", help="CycloneDX file to write")
    parser.add_argument("--accepted", type=Path, default=ROOT / "requirements/accepted.toml", help="what is let pass")
    parser.add_argument("--osv-url", default=OSV_URL, help="source of advisories")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for its first answer")
    return parser


if __name__ == "__main__":
    sys.exit(main())
