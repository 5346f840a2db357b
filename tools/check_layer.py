"""Import all our modules and functions from a built layer, with nothing beside it but what the Lambda runtime has.

Run without site-packages (`python -I -B -S`), so that a package missing from the layer can't be found elsewhere.
"""

import importlib
import pkgutil
import runpy
import sys
import tempfile
from pathlib import Path

# What Lambda's python3.13 runtime brings: the SDK and what it imports.
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")


def main(layer: Path) -> int:
    """Import all modules of `discovery` and all functions; returns their number, raises what an import raises."""
    site_packages = next((Path(sys.executable).parent.parent / "lib").glob("python3*/site-packages"))
    with tempfile.TemporaryDirectory() as runtime:
        for package in _RUNTIME_PACKAGES:
            (Path(runtime) / package).symlink_to(site_packages / package)
        sys.path[:0] = [str(layer), runtime]
        ours = importlib.import_module("discovery")
        names = [module.name for module in pkgutil.walk_packages(ours.__path__, "discovery.")]
        for name in names:
            importlib.import_module(name)
        folders = sorted((Path(__file__).parent.parent / "functions").iterdir())
        # One with a Makefile holds more than its folder; tests/functional/test_imports.py builds and imports it.
        functions = [folder / "app.py" for folder in folders if not (folder / "Makefile").exists()]
        for function in functions:
            sys.path.insert(0, str(function.parent))
            runpy.run_path(str(function))
    return len(names) + len(functions)


if __name__ == "__main__":
    print(f"{main(Path(sys.argv[1]).resolve())} modules import from the layer and the Lambda runtime alone")
