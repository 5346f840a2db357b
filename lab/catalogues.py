"""The catalogues that are measured on, as index bundles of this checkout or of another one."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from discovery.catalogue.manifest import Manifest
from local.stack.processes import ROOT

DEMO = ROOT / "catalogue" / "demo.jsonl"
_FILMS = "wikipedia-movies.jsonl.gz"


def sources(catalogue: Path) -> tuple[Path, ...]:
    """The catalogue asked for, and the film collection where `SHARED_DATA`, or `../shared/data`, has it."""
    films = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data") / _FILMS
    return tuple(dict.fromkeys((catalogue, films) if films.exists() else (catalogue,)))


def bundle_of(source: Path, *, root: Path = ROOT) -> Path:
    """The up-to-date bundle of a source, built where there is none; a bundle is its own."""
    script = root / "tools" / "bundle.sh"
    built = subprocess.run([str(script), str(source.resolve())], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.strip()).resolve()


def bundle_by(checkout: Path, source: Path) -> Path:
    """The bundle that another checkout's own script and builder make of a source, run by this interpreter.

    It is kept in this checkout's `.local`; nothing is written into the other one.
    """
    root = ROOT / ".local" / "checkouts" / checkout.resolve().name
    root.mkdir(parents=True, exist_ok=True)
    for name in ("layers", "requirements", "tools"):
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(checkout.resolve() / name)
    command = root / ".venv" / "bin" / "discovery"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(command_line_of(checkout.resolve()))
    command.chmod(0o755)
    return bundle_of(source, root=root)


def command_line_of(checkout: Path) -> str:
    """A program that is the `discovery` command of a checkout, wherever its pyproject.toml says that is."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text())
    module, _, function = project["project"]["scripts"]["discovery"].partition(":")
    folders = project["tool"]["hatch"]["build"]["targets"]["wheel"]["dev-mode-dirs"]
    path = [str((checkout / folder).resolve()) for folder in folders]
    return (
        f"#!{sys.executable} -B\nimport sys\n\nsys.path[:0] = {path}\n"
        f"from {module} import {function}\n\nsys.exit({function}())\n"
    )


def described(bundle: Path) -> str:
    """A bundle's name and size."""
    return f"{bundle.name}, {Manifest.read(bundle).count:,} titles"
