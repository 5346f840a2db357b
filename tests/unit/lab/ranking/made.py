"""A window of four titles."""

import numpy as np

from discovery.personalization.blending import Candidates
from lab.ranking.themes import Window

IDS = ("heat", "alien", "aliens", "paprika")


def a_window(relevance: tuple[float, ...] = (1.0, 0.8, 0.6, 0.4)) -> Window:
    """Alien and Aliens are about the same; the others have nothing in common."""
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    return Window("films", Candidates(IDS, np.array(relevance)), vectors)
