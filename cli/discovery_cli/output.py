"""What a command prints: tables or one JSON document on stdout, messages on stderr, and an exit code with a meaning."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.progress import Progress

from discovery.errors import LakeUnavailable, PolicyRefused, PolicyUnavailable, RequestInvalid
from discovery.policy.editor import ChangedMeanwhile

EXIT_CODES = """\b
Exit codes:
  0  done
  1  AWS or the API refused, or could not be reached; or files of the
     lake could not be read (lake erase)
  2  wrong usage
  3  a value is refused, or the policy in Parameter Store is
  4  not confirmed, or somebody else changed the parameter meanwhile;
     nothing is written
  5  the API did not answer with the policy in time (--watch, watch)
  6  the experiment can't be read, or not yet: the output says why (analyse)
"""
"""Ends the help of both groups."""

UNREADABLE = 6
"""The exit code of an analysis that can't say anything."""

_OPTIONS = {"version": "--to", "epoch": "--epoch"}
"""The option behind a field that the layer finds invalid."""


class Failure(click.ClickException):
    """A command can't do what it was asked; the document is what scripts get beside the message."""

    def __init__(self, message: str, **document: Any) -> None:
        super().__init__(message)
        self.document = document


class Unreachable(Failure):
    """AWS or the API refused, or could not be reached."""

    exit_code = 1


class Refused(Failure):
    """A value can't be part of a policy."""

    exit_code = 3


class NotConfirmed(Failure):
    """Nobody confirmed the edit, or the parameter has changed since it was shown."""

    exit_code = 4


class NotSeen(Failure):
    """The API did not answer with the policy in time."""

    exit_code = 5


class Output:
    """Where a command's results and messages go."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._results = Console(highlight=False)
        self._messages = Console(stderr=True, highlight=False, soft_wrap=True)

    def show(self, document: Mapping[str, Any], *for_people: RenderableType) -> None:
        """Print the result: the document for scripts, or the rest for people."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))
            return
        for part in for_people:
            # A value may hold anything, so plain text is not read as [markup].
            self._results.print(part, markup=False, soft_wrap=isinstance(part, str))

    def say(self, message: RenderableType, style: str = "") -> None:
        """Print a message to stderr."""
        self._messages.print(message, style=style, markup=False)

    @contextlib.contextmanager
    def progress(self, doing: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar on stderr, if that is a terminal, and the function that moves it on by a number of steps."""
        with Progress(console=self._messages, transient=True, disable=not self._messages.is_terminal) as bar:
            task = bar.add_task(doing, total=total)
            yield lambda steps: bar.advance(task, steps)

    def confirm(self, question: str) -> None:
        """Ask for a yes.

        Raises:
            NotConfirmed: the answer is not yes, or there is nobody to ask.
        """
        if not sys.stdin.isatty():
            raise NotConfirmed("Not a terminal: pass --yes to confirm. Nothing is written.", written=False)
        try:
            agreed = click.confirm(question, err=True)
        except click.Abort:  # Ctrl-C, or the end of the input
            self.say("")
            agreed = False
        if not agreed:
            raise NotConfirmed("Not confirmed. Nothing is written.", written=False)

    @contextlib.contextmanager
    def failures(self) -> Iterator[None]:
        """Turn the layer's errors into an exit code, a message and, for scripts, a document."""
        try:
            with _as_failures():
                yield
        except (Failure, click.UsageError) as failure:
            if self.as_json:
                document = failure.document if isinstance(failure, Failure) else {}
                self.show({"error": failure.format_message(), "exit_code": failure.exit_code, **document})
            raise


@contextlib.contextmanager
def _as_failures() -> Iterator[None]:
    try:
        yield
    except PolicyUnavailable as error:
        raise Unreachable(f"Parameter Store: {error}") from error
    except LakeUnavailable as error:
        raise Unreachable(f"The lake: {error}") from error
    except PolicyRefused as error:
        refusals = [refusal._asdict() for refusal in error.refusals]
        raise Refused(f"refused: {error}", written=False, refusals=refusals) from error
    except ChangedMeanwhile as error:
        raise NotConfirmed(f"{error} Nothing is written. Look at its new value first.", written=False) from error
    except RequestInvalid as error:
        raise click.BadParameter(error.detail, param_hint=_OPTIONS.get(error.field)) from error
