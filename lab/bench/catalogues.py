"""The catalogues that are measured on."""

import subprocess
from pathlib import Path

from discovery.catalogue.manifest import Manifest
from local.stack.processes import ROOT

FILMS = "wikipedia-movies.jsonl.gz"


def bundle_of(source: Path) -> Path:
    """The up-to-date bundle of a source, built where there is none."""
    script = ROOT / "tools" / "bundle.sh"
    built = subprocess.run([str(script), str(source)], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.strip()).resolve()


def described(bundle: Path) -> str:
    """A bundle's name and size."""
    return f"{bundle.name}, {Manifest.read(bundle).count:,} titles"


def size_of(folder: Path) -> int:
    """Bytes in all files of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
