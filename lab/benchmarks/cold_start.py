"""The cold start of the built search function, against importing its third-party packages and nothing else."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from discovery.statistics.percentiles import spread
from lab.benchmarks import importtime
from lab.benchmarks.emulator import ColdStart, Emulator, EmulatorMissing
from lab.benchmarks.plan import Plan
from lab.environments.invocation import QUERIES, search_event
from lab.environments.variables import function_variables
from lab.environments.worker import busy_loop
from lab.report.result import MILLISECONDS, Comparison, Figure, Result
from local.stack.processes import ROOT

TITLE = "Cold start of the built search function"
TARGET = 1.3
INIT, EMPTY = "init of the function", "init of an empty function"
IMPORTS, OURS, PYTHON = "third-party imports alone", "import of app.py alone", "Python alone"
FIRST = "first search, anonymous"

_BUILT = ROOT / ".aws-sam" / "build"
_SHOWN = 5
_EMPTY_HANDLER = "def lambda_handler(event, context):\n    return None\n"
_LIST_MODULES = """
import sys
import app
for name, module in list(sys.modules.items()):
    file = getattr(module, "__file__", None) or ""
    if file.startswith(sys.argv[1]) and name.partition(".")[0] != "discovery":
        print(name)
"""


def run(plan: Plan) -> list[Result]:
    """Measure on the demo catalogue, which is what is built."""
    try:
        bench = _Bench.prepared(plan.scratch)
    except EmulatorMissing as missing:
        return [Result("cold_start", TITLE, "", [], [], 0.0, notes=[f"Not measured: {missing}"])]
    return [bench.result(plan.times(20, 3))]


@dataclass(frozen=True)
class _Bench:
    emulator: Emulator
    scratch: Path
    env: dict[str, str]
    modules: list[str]
    """Third-party modules that the function imports, in the order it does."""

    @classmethod
    def prepared(cls, scratch: Path) -> "_Bench":
        if not (_BUILT / "SearchFunction" / "app.py").exists():
            raise EmulatorMissing("the function is not built; `make build` does that.")
        emulator = Emulator.here(scratch)
        layer = _BUILT / "DiscoveryLayer" / "python"
        env = function_variables() | {
            "PATH": os.defpath,
            "HOME": str(scratch),
            "PYTHONPATH": f"{layer}:{emulator.runtime}",
            "PYTHONDONTWRITEBYTECODE": "1",  # the function's folder is read-only in Lambda
            "DISCOVERY_CATALOGUE_PATH": str(_BUILT / "CatalogueLayer" / "catalogue"),
        }
        (scratch / "app.py").write_text(_EMPTY_HANDLER)
        program = ["-S", "-c", _LIST_MODULES, str(layer)]
        listed = subprocess.run(
            [sys.executable, *program],
            env=env,
            cwd=_BUILT / "SearchFunction",
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return cls(emulator, scratch, env, listed.stdout.split())

    def result(self, rounds: int) -> Result:
        starts: dict[str, Callable[[], dict[str, float]]] = {
            INIT: self._init,
            IMPORTS: lambda: {IMPORTS: self._import(self.modules)},
            OURS: lambda: {OURS: self._import(["app"])},
            EMPTY: lambda: {EMPTY: self._start(self.scratch).init},
            PYTHON: lambda: {PYTHON: self._import([])},
        }
        taken: dict[str, list[float]] = {name: [] for name in (*starts, FIRST)}
        busy = []
        for turn in range(-1, rounds):  # the first brings the files into the page cache
            busy.append(busy_loop())
            for name in starts if turn % 2 else reversed(starts):
                for figure, seconds in starts[name]().items():
                    if turn >= 0:
                        taken[figure].append(seconds)
        return _result(taken, busy, self._expensive(), len(self.modules))

    def _init(self) -> dict[str, float]:
        cold = self._start(_BUILT / "SearchFunction")
        return {INIT: cold.init, FIRST: cold.first}

    def _start(self, folder: Path) -> ColdStart:
        env = self.env | {"LAMBDA_TASK_ROOT": str(folder), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
        return self.emulator.start(folder, "app.lambda_handler", env, search_event(QUERIES[0]), self.scratch)

    def _import(self, modules: list[str]) -> float:
        """Seconds from the start of a fresh interpreter until it has imported these."""
        imports = "".join(f"import {module}\n" for module in modules)
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-S", "-c", f"{imports}import os\nos.write(1, b'.')"],
            env=self.env,
            cwd=_BUILT / "SearchFunction",
            stdout=subprocess.PIPE,
        )
        output = child.stdout
        done = output.read(1) if output else b""
        elapsed = time.perf_counter() - began  # without the interpreter's end, as in init
        child.communicate()
        if done != b".":
            raise RuntimeError("the imports failed")
        return elapsed

    def _expensive(self) -> list[importtime.Package]:
        command = [sys.executable, "-S", "-X", "importtime", "-c", "import app"]
        runs = [
            subprocess.run(
                command, env=self.env, cwd=_BUILT / "SearchFunction", stderr=subprocess.PIPE, text=True, check=True
            ).stderr
            for _ in range(5)
        ]
        return importtime.typical(runs)


def _result(
    taken: dict[str, list[float]], busy: list[float], imports: list[importtime.Package], modules: int
) -> Result:
    seconds = {name: np.array(samples) for name, samples in taken.items()}
    init, imports_alone = seconds[INIT], seconds[IMPORTS]
    return Result(
        benchmark="cold_start",
        title=TITLE,
        catalogue="",
        figures=[Figure.of(name, samples) for name, samples in taken.items()],
        comparisons=[
            Comparison.of("init ÷ third-party imports", init / imports_alone, target=TARGET),
            Comparison.of("import of app.py ÷ third-party imports", seconds[OURS] / imports_alone),
            Comparison.of(
                "the same without what both have: (init − empty init) ÷ (imports − Python)",
                (init - seconds[EMPTY]) / (imports_alone - seconds[PYTHON]),
            ),
        ],
        noise=spread(busy),
        notes=[
            "Init is what the emulator reports: from the start of the runtime's process to its first request for work, "
            "the runtime's own client included.",
            f"The imports are of the {modules} third-party modules that the function imports, from the same layer and "
            "its bytecode, in a fresh interpreter.",
            "The files are in the page cache; in Lambda the first start of a version also fetches them.",
        ],
        grid=[
            ["package", "its own modules", "cumulative"],
            *([package.name, f"{package.own:.0f} ms", f"{package.cumulative:.0f} ms"] for package in imports[:_SHOWN]),
        ],
        series={"cold_ms": {name: [s * MILLISECONDS for s in sorted(samples)] for name, samples in taken.items()}},
    )
