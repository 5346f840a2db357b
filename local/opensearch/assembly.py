"""Putting the node together, once: jars from Maven Central in `.local/opensearch/{version}`, and its class."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from local.stack.processes import ROOT

SOURCES = Path(__file__).parent
_OLDEST_JDK = 17
"""Tried with 17 and 25."""
_INSTALL = "Debian has both: apt-get install maven openjdk-17-jdk-headless"


class OpenSearchMissing(Exception):
    """It can't be had on this machine; the message says why."""


def version() -> str:
    """The version of OpenSearch that `pom.xml` names."""
    found = re.search(r"<opensearch>([\d.]+)</opensearch>", (SOURCES / "pom.xml").read_text())
    if found is None:
        raise ValueError("pom.xml names no version of OpenSearch")
    return found[1]


def java(program: str = "java") -> str:
    """The path of a program of a JDK that runs it: that of `JAVA_HOME`, or the one on PATH.

    Raises:
        OpenSearchMissing: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    path = shutil.which(program, path=f"{home}/bin" if home else None)
    if path is None:
        raise OpenSearchMissing(f"it needs a JDK ({program}, in JAVA_HOME or on PATH). {_INSTALL}")
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"(?:version \"|javac )(\d+)", said.stdout + said.stderr)
    if found is None or int(found[1]) < _OLDEST_JDK:
        is_it = found[1] if found else "of no version that it tells"
        raise OpenSearchMissing(f"it needs JDK {_OLDEST_JDK} or later, and {path} is {is_it}: set JAVA_HOME")
    return path


def assembled() -> Path:
    """The folder of the jars and the compiled node, put together where it isn't there yet (65 MB; a minute).

    Raises:
        OpenSearchMissing: there is no JDK or no Maven, or it could not fetch what it needs.
    """
    folder = ROOT / ".local" / "opensearch" / version()
    if folder.exists():
        return folder
    compiler, maven = java("javac"), shutil.which("mvn")
    if maven is None:
        raise OpenSearchMissing(f"it needs Maven (mvn). {_INSTALL}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        jars = Path(made) / "node"
        pom = Path(shutil.copy(SOURCES / "pom.xml", made))  # Maven writes beside it
        _run([maven, "-q", "-B", "-f", str(pom), "package", f"-Dnode={jars}"], "Maven could not fetch it")
        source = str(SOURCES / "Node.java")
        _run([compiler, "-cp", f"{jars}/*", "-d", str(jars), source], "its node could not be compiled")
        if not folder.exists():  # another process may have been faster
            jars.rename(folder)
    return folder


def _run(command: list[str], failure: str) -> None:
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode:
        raise OpenSearchMissing("\n".join([f"{failure}:", *ran.stdout.splitlines()[:5]]))
