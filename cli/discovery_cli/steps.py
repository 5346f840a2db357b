"""A progress bar for each step of a command that takes a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    """A progress bar for each step, made when it is first told of."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """So much of a step is done."""
        self._progress.update(self._task(step, total), completed=done)

    def advance(self, step: str, more: int = 0) -> None:
        """Some more of a step of which nobody knows how much it is."""
        self._progress.advance(self._task(step, None), more)

    def _task(self, step: str, total: int | None) -> TaskID:
        if step not in self._tasks:
            for task in self._tasks.values():
                self._progress.stop_task(task)
            self._tasks[step] = self._progress.add_task(step, total=total)
        return self._tasks[step]


@contextmanager
def steps(console: Console, *, transient: bool = False) -> Iterator[Steps]:
    """Bars on a console; `transient` takes them away in the end."""
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=transient) as progress:
        yield Steps(progress)
