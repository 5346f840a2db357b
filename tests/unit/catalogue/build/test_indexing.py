"""The process that indexes beside a builder does not outlive it."""

import multiprocessing
import time
from multiprocessing.connection import Connection

import pytest

from discovery.catalogue.build.indexing import end_with_parent

_spawning = multiprocessing.get_context("spawn")


def _build(told: Connection) -> None:
    _spawning.Process(target=_help, args=(told,)).start()
    time.sleep(60)


def _help(told: Connection) -> None:
    end_with_parent()
    told.send("ready")
    time.sleep(60)


def test_a_helper_ends_when_its_builder_is_killed() -> None:
    reader, writer = _spawning.Pipe(duplex=False)
    builder = _spawning.Process(target=_build, args=(writer,))
    builder.start()
    writer.close()
    ready = reader.recv()

    builder.kill()
    builder.join()

    assert ready == "ready"
    assert reader.poll(30)
    with pytest.raises(EOFError):  # nobody is left who could write
        reader.recv()
    reader.close()
