"""A thousand explained results of the demo catalogue, through the handler, with a real Valkey and a SONA."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack.processes import ROOT


def test_a_thousand_results_are_recomputed_from_their_explanations_exactly(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab.explanations", "--results", "1000"],
        cwd=ROOT,
        env=os.environ | {"SHARED_DATA": str(tmp_path)},  # without the films, wherever they are
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (counts,) = re.findall(r"demo, .*", done.stderr)
    _, results, personalized, differ = (int(cell.replace(",", "")) for cell in re.findall(r"│\s+([\d,]+)", counts))
    assert (results >= 1000, personalized > 0, differ) == (True, True, 0)
