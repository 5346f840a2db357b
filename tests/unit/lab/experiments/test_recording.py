"""Recordings are read as they were written."""

from pathlib import Path

import numpy as np

from lab.experiments.recording import Recording
from tests.unit.lab.experiments.made import a_recording


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = a_recording()
    written.save(tmp_path / "deep" / "recording.npz")

    read = Recording.load(tmp_path / "deep" / "recording.npz")

    assert (read.people, read.variants, read.ids) == (written.people, written.variants, written.ids)
    np.testing.assert_array_equal(read.pages, written.pages)
    np.testing.assert_array_equal(read.search_ids, written.search_ids)
