"""What the engine costs in process: updates, batches, the model's and a person's size."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from discovery.sona.contract import ViewingEvent
from lab.ranking.ratings import Person
from sona.engine import Engine
from sona.model.model import Model
from sona.store.memory import MemoryStore

_UPDATES, _BATCHES = 3000, 2000
_PERCENT = {"p50": 50, "p99": 99}


def costs(folder: Path, people: Sequence[Person], batches: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Milliseconds and bytes; updates of one event each come in time, person by person."""
    model = Model.open(folder)
    engine = Engine(model, MemoryStore(), user_key=b"lab" * 16)
    events = [(person.name, event) for person in people for event in person.events()]
    picked = np.random.default_rng(0).choice(len(events), min(_UPDATES, len(events)), replace=False)
    for person in people:
        for start in range(0, len(person.known), 500):
            engine.update(person.name, person.events()[start : start + 500])
    changed = [(events[at][0], _later(events[at][1])) for at in picked.tolist()]
    updates = _timed(lambda one: engine.update(one[0], [one[1]]), changed)
    asked = [(people[n % len(people)].name, batches[n % len(batches)]) for n in range(_BATCHES)]
    scores = _timed(lambda one: engine.scores(*one), asked)
    sizes = [len(person.history().encode()) for person in people]
    return {
        **{f"update {name} ms": float(np.percentile(updates, share)) for name, share in _PERCENT.items()},
        **{f"batch of 100 {name} ms": float(np.percentile(scores, share)) for name, share in _PERCENT.items()},
        "model MB": sum(file.stat().st_size for file in folder.iterdir()) / 1e6,
        "a person, median bytes": float(np.median(sizes)),
        "a person, greatest bytes": float(max(sizes)),
    }


def _later(event: ViewingEvent) -> ViewingEvent:
    """The same once more, in a later year, so that it changes the profile."""
    return event.model_copy(update={"timestamp": event.timestamp.replace(year=2025, month=1, day=1)})


def _timed[T](do: Callable[[T], object], each: Iterable[T]) -> list[float]:
    taken = []
    for one in each:
        began = time.perf_counter()
        do(one)
        taken.append((time.perf_counter() - began) * 1000)
    return taken
