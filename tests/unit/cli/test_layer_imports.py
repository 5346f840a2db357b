"""The layer runs in Lambda, where nothing of the command line is installed."""

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys

sys.modules |= dict.fromkeys(["click", "rich", "safetensors", "matplotlib", "discovery_cli"])  # importing None fails
import discovery

for module in pkgutil.walk_packages(discovery.__path__, "discovery."):
    importlib.import_module(module.name)
print("boto3" in sys.modules)
"""


def test_no_module_of_the_layer_imports_the_command_line_or_boto3() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
