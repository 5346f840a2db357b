"""`python -m lab.lake`: analyse a made-up lake, in a process of its own, and print what that took.

EXPOSURES=10000000 OUTCOMES=1000000 FORMAT=parquet are the size that docs/analysis.md has. The lake is kept in a folder
beside the others of the lab, so that a second run makes no other.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from lab.lake.made import NAME, Size, make_lake
from local.stack.processes import ROOT

_FOLDER = ROOT / ".local" / "lakes"
_MB = 1000 if sys.platform.startswith("linux") else 1_000_000
"""The unit of `ru_maxrss`, in a megabyte."""


def main() -> None:
    """Make the lake where there is none of this size, and analyse it."""
    parser = argparse.ArgumentParser(prog="python -m lab.lake", description=__doc__)
    parser.add_argument("--exposures", type=int, default=10_000_000)
    parser.add_argument("--outcomes", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("parquet", "json"), default="parquet")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="a lake to analyse; by default one is made")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = given.folder or _FOLDER / f"{given.format}-{given.exposures}-{given.outcomes}-{given.seed}"
    if given.child:
        print(json.dumps(analysed(folder)))
        return
    if not folder.exists():
        half = folder.with_suffix(".half")
        make_lake(half, Size(given.exposures, given.outcomes), given.format, seed=given.seed)
        half.rename(folder)
    child = [sys.executable, "-m", "lab.lake", "--child", "--folder", str(folder)]
    took = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    for name, value in took.items():
        print(f"{name:<20}{value}")


def analysed(folder: Path) -> dict[str, object]:
    """What an analysis of a lake took, and what it found."""
    from discovery.experiments.analysis.design import Design  # noqa: PLC0415 - its time and memory are measured too
    from discovery.experiments.analysis.lake import open_lake  # noqa: PLC0415
    from discovery.experiments.analysis.study import study  # noqa: PLC0415

    began = time.perf_counter()
    with open_lake(folder, NAME) as lake:
        read = time.perf_counter() - began
        found = study(lake, Design(NAME, {"control": 0.5, "high_boost": 0.5}), now=time.time)
    seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "searches": found.searches,
        "outcomes": found.outcomes,
        "people": found.epoch.people if found.epoch else 0,
        "size (MB)": round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6),
        "seconds": round(seconds, 1),
        "of these reading": round(read, 1),
        "CPU seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory peak (MB)": round(used.ru_maxrss / _MB),
        "verdict": found.verdict,
    }


if __name__ == "__main__":
    main()
