"""The image that `sam local` runs Python 3.13 functions in: AWS's own, or a stand-in under the same name.

The stand-in is for machines that reach no registry. SAM adds the Runtime Interface Emulator and the layers itself.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from local.containers.engine import Engine, install
from local.stack.processes import ROOT

REPOSITORY = "public.ecr.aws/lambda/python"
"""As in samcli.local.docker.lambda_image, with the tag `3.13-{architecture}`."""
_PULL_TIMEOUT = 600.0
_LABEL = "discovery.stand-in"
_SCRIPT = Path(__file__).with_name("stand_in.sh")
_MADE_FROM = (_SCRIPT, Path(__file__), ROOT / "requirements" / "bench.txt", ROOT / "requirements" / "dev.txt")
_VARIABLES = {  # those of AWS's image
    "LANG": "en_US.UTF-8",
    "TZ": ":/etc/localtime",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
}


class ImageMissing(Exception):
    """The image can't be pulled, and a stand-in can't be made here."""


def provide_image(engine: Engine, architecture: str) -> None:
    """Make sure that the engine has the image: pull it, or make a stand-in.

    Raises:
        ImageMissing: neither works here.
    """
    name = f"{REPOSITORY}:3.13-{architecture}"
    wanted = f"{zlib.crc32(b''.join(path.read_bytes() for path in _MADE_FROM)):08x}"
    if _label(engine, name) in (None, wanted) or _pulled(engine, name):
        return
    install("debootstrap", package="debootstrap")
    if sys.platform != "linux" or not shutil.which("debootstrap") or os.geteuid() != 0:
        raise ImageMissing(
            f"{name} can't be pulled, and a stand-in can only be made on Linux, as root, with debootstrap"
        )
    print(f"{name} can't be pulled; making a stand-in with this machine's Python", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="stand-in-") as folder:
        subprocess.run([str(_SCRIPT), folder], check=True)
        _import(engine, Path(folder), name, wanted)


def _label(engine: Engine, name: str) -> str | None:
    """The label of a stand-in; None for AWS's image; empty where the engine has no image."""
    listed = engine.run("image", "ls", "--quiet", name).strip()
    if not listed:
        return ""
    config = json.loads(engine.run("image", "inspect", "--format", "{{json .Config}}", name))
    label: str | None = (config["Labels"] or {}).get(_LABEL)
    return label


def _pulled(engine: Engine, name: str) -> bool:
    try:
        engine.run("pull", "--quiet", name, timeout=_PULL_TIMEOUT)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    return True


def _import(engine: Engine, folder: Path, name: str, label: str) -> None:
    changes = [f"ENV {variable}={value}" for variable, value in _VARIABLES.items()]
    changes += ["WORKDIR /var/task", 'ENTRYPOINT ["/var/runtime/bootstrap"]', f"LABEL {_LABEL}={label}"]
    options = [part for change in changes for part in ("--change", change)]
    with subprocess.Popen(["tar", "-C", str(folder), "-c", "."], stdout=subprocess.PIPE) as archive:
        assert archive.stdout is not None  # noqa: S101 - for the type checker; a pipe was asked for
        engine.run("import", *options, "-", name, stdin=archive.stdout.fileno())
