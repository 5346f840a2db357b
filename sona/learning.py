"""An engine that learns while it runs, for a stack on one machine: it trains anew from its own store, and swaps.

Where people are many, `discovery sona train` learns from the event log, elsewhere. Here a process of its own trains, at
a low priority, so that scores keep being answered in milliseconds meanwhile.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from discovery.catalogue.bundle import Catalogue, open_catalogue
from sona.engine import Engine
from sona.errors import SonaError
from sona.history import History
from sona.model.model import Model
from sona.store.port import ProfileStore
from sona.training.trainer import train

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.25
_QUIET_SECONDS = 1.0
"""Without a change: then what has come is learned from."""
_GROWN = 1.25
"""Or as soon as there have been so many times as many changes, however fast more come."""
_REGULARIZATIONS = (120.0,)
_MOST_CASES = 60
"""Training must take seconds here; `discovery sona train` searches."""


def learned(catalogue: Path, histories: Sequence[History], out: Path) -> Model:
    """Train on histories, quickly."""
    train(histories, _opened(catalogue), out, regularizations=_REGULARIZATIONS, most_cases=_MOST_CASES)
    return Model.open(out)


class Learner:
    """Watches how often an engine's profiles change, and replaces its model."""

    def __init__(self, engine: Engine, store: ProfileStore, catalogue: Path, folder: Path) -> None:
        self._engine = engine
        self._store = store
        self._catalogue = catalogue
        self._folder = folder
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="learner", daemon=True)
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os.nice, initargs=(10,))

    def start(self) -> None:
        """Begin to watch, on a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and the training if there is one."""
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in list((self._pool._processes or {}).values()):
            process.terminate()

    def _run(self) -> None:
        known = seen = self._engine.changes
        changed_at = time.monotonic()
        while not self._stopping.wait(_LOOK_SECONDS):
            changes, now = self._engine.changes, time.monotonic()
            if changes != seen:
                seen, changed_at = changes, now
            if changes > known and (now - changed_at >= _QUIET_SECONDS or changes >= known * _GROWN):
                known = changes
                self._learn()

    def _learn(self) -> None:
        began = time.monotonic()
        try:
            histories = [profile.history for _, profile in sorted(self._store.everybody())]
            out = self._folder / f"model-{time.time_ns()}"
            self._pool.submit(learned, self._catalogue, histories, out).result()
            before, self._engine.model = self._engine.model, Model.open(out)
        except (SonaError, OSError, RuntimeError) as error:
            if not self._stopping.is_set():
                logger.error("not learned: %s", error)  # noqa: TRY400 - a traceback would add nothing
            return
        for old in self._folder.glob("model-*"):  # what is mapped stays readable
            if old != out:
                shutil.rmtree(old, ignore_errors=True)
        seconds, after = time.monotonic() - began, self._engine.model
        logger.info("learned from %d people in %.1f s: model %s after %s", len(histories), seconds, after.id, before.id)


@lru_cache(maxsize=1)
def _opened(catalogue: Path) -> Catalogue:
    return open_catalogue(catalogue)
