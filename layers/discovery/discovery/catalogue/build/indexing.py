"""The Tantivy indexes of a bundle, from contents on the disk: here, or in a process of their own."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from discovery.catalogue import keyword_index
from discovery.catalogue.build.workshop import Workshop, helping
from discovery.catalogue.bundle import KEYWORD_FOLDER, SUGGESTIONS_FOLDER
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.suggestion_index import SuggestionIndex
from discovery.errors import CatalogueError

Index = Callable[[Workshop], None]


def spooled(workshop: Workshop, start: int = 0) -> Iterator[Content]:
    """The contents of a workshop from a row on, parsed anew."""
    documents = Documents.open(workshop.spool)
    return map(documents.content, range(start, len(documents)))


def _words(workshop: Workshop) -> None:
    keyword_index.write(_emptied(workshop.bundle / KEYWORD_FOLDER), spooled(workshop))


def _suggestions(workshop: Workshop) -> None:
    SuggestionIndex.write(_emptied(workshop.bundle / SUGGESTIONS_FOLDER), spooled(workshop))


INDEXES: Mapping[str, Index] = {"words": _words, "suggestions": _suggestions}
"""What makes each."""


@contextmanager
def indexed_before(workshop: Workshop) -> Iterator[None]:
    """Make those that are not made yet, before the block."""
    _make(workshop)
    yield


@contextmanager
def indexed_beside(workshop: Workshop) -> Iterator[None]:
    """Make those that are not made yet in a process of their own, while the block runs.

    One after the other: side by side they would take more memory, and hardly less time on two cores.

    Raises:
        CatalogueError: the process failed; it has printed why.
    """
    spawning = multiprocessing.get_context("spawn")  # a fork would share the threads of Tantivy and NumPy
    process = spawning.Process(target=_help, args=(workshop,), daemon=True)
    process.start()
    try:
        yield
        process.join()
        if process.exitcode != 0:
            raise CatalogueError("indexing failed")
    finally:
        process.terminate()
        process.join()


def _make(workshop: Workshop) -> None:
    for name, index in INDEXES.items():
        workshop.once(name, partial(index, workshop))


def _help(workshop: Workshop) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the builder ends it
    end_with_parent()
    with helping(workshop.folder):
        _make(workshop)


def end_with_parent() -> None:
    """End this process when the one that made it ends, even if that is killed."""
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _emptied(folder: Path) -> Path:
    """Without what an interrupted build has left there."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder
