"""Unit vectors as bytes: a quarter of the memory to go through for a first, approximate pass over all of them.

    code = round(component · scale)        scale = 127 / the largest component, so codes are −127 to 127

For a unit query q and its own code, |q·v − q̂·v̂| ≤ ‖v − v̂‖ + ‖q − q̂‖ · ‖v̂‖ (Cauchy–Schwarz), where v̂ is the vector that
the code stands for. The greatest ‖v − v̂‖ is kept with the codes, so a first pass can say how wrong it may be, and what
it leaves out can be proved to be no answer.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import simsimd
from numpy.typing import NDArray

CODES_FILE = "codes.npy"
SCALE_FILE = "codes.json"
_LARGEST = 127
_ROUNDING = 1e-6
"""By how much a cosine in `float32` may be off itself."""


@dataclass(frozen=True)
class Codes:
    """The codes of n vectors."""

    codes: NDArray[np.int8]
    """`[n, d]`."""
    scale: float
    error: float
    """The greatest distance of a vector from what its code stands for."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> Self:
        """Code unit vectors, `float32[n, d]`."""
        scale = _scale(vectors)
        codes = np.rint(vectors * scale).astype(np.int8)
        return cls(codes, scale, float(np.linalg.norm(vectors - codes / np.float32(scale), axis=1).max()))

    def save(self, folder: Path) -> None:
        """Write the codes' two files."""
        np.save(folder / CODES_FILE, self.codes)
        (folder / SCALE_FILE).write_text(json.dumps({"scale": self.scale, "error": self.error}) + "\n")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map the codes."""
        kept = json.loads((folder / SCALE_FILE).read_text())
        return cls(np.asarray(np.load(folder / CODES_FILE, mmap_mode="r")), kept["scale"], kept["error"])

    def products(self, query: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, float]:
        """The products of a unit query's code (the query: `float32[d]`) with every code; their unit; and the error.

        A product times the unit is the cosine of query and vector, wrong by the error at most. Products are whole
        numbers, and exact to some thousand dimensions.
        """
        scale = _scale(query)
        code = np.rint(query * scale).astype(np.int8)
        products = np.asarray(simsimd.cdist(code[np.newaxis], self.codes, "dot", out_dtype="float32")).ravel()
        distance = float(np.linalg.norm(query - code / np.float32(scale)))
        return products, 1 / (scale * self.scale), self.error + distance * (1 + self.error) + _ROUNDING


def _scale(vectors: NDArray[np.float32]) -> float:
    largest = float(np.abs(vectors).max(initial=0))
    return _LARGEST / largest if largest else 1.0
