"""What a command says: tables or one JSON document on stdout, messages on stderr, and an exit code with a meaning."""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.progress import track

from discovery.errors import PolicyRefused, PolicyUnavailable

EXIT_CODES = """\b
Exit codes:
  0  done
  1  AWS or the API said no, or could not be reached
  2  wrong usage
  3  a value is refused, or the policy now in Parameter Store is
  4  not confirmed, or changed by somebody else in between: nothing is written
  5  no effect was seen in time (watch)
"""
"""Ends the help of both groups."""


class Failure(click.ClickException):
    """A command can't do what it was asked; the document is what scripts get beside the message."""

    def __init__(self, message: str, **document: Any) -> None:
        super().__init__(message)
        self.document = document


class Unreachable(Failure):
    """AWS or the API said no, or could not be reached."""

    exit_code = 1


class Refused(Failure):
    """A value can't be part of a policy."""

    exit_code = 3


class NotConfirmed(Failure):
    """Nobody said yes, or what they would have said it to has changed."""

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
        """Print the result: the document for scripts, or what is meant for people."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))
            return
        for part in for_people:
            # Values may hold anything: no [markup] in plain texts.
            self._results.print(part, markup=False, soft_wrap=isinstance(part, str))

    def say(self, message: RenderableType, style: str = "") -> None:
        """Print a message to stderr."""
        self._messages.print(message, style=style, markup=False)

    def progress[T](self, items: Iterable[T], doing: str, count: int) -> Iterable[T]:
        """The items, with a bar on stderr while they come; none where that is no terminal."""
        quiet = not self._messages.is_terminal
        return track(items, doing, count, console=self._messages, transient=True, disable=quiet)

    def confirm(self, question: str) -> None:
        """Ask.

        Raises:
            NotConfirmed: the answer was not yes, or there is nobody to ask.
        """
        if not sys.stdin.isatty():
            raise NotConfirmed("not confirmed: this is no terminal; --yes says yes. Nothing is written.", written=False)
        try:
            agreed = click.confirm(question, err=True)
        except click.Abort:  # Ctrl-C, or the end of the input
            self.say("")
            agreed = False
        if not agreed:
            raise NotConfirmed("not confirmed; nothing is written.", written=False)

    @contextlib.contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what can go wrong inside into an exit code, a message and, for scripts, a document."""
        try:
            try:
                yield
            except PolicyUnavailable as error:
                raise Unreachable(f"Parameter Store: {error}") from error
            except PolicyRefused as error:
                refusals = [refusal._asdict() for refusal in error.refusals]
                raise Refused(f"refused: {error}", written=False, refusals=refusals) from error
        except (Failure, click.UsageError) as failure:
            if self.as_json:
                document = failure.document if isinstance(failure, Failure) else {}
                self.show({"error": failure.format_message(), "exit_code": failure.exit_code, **document})
            raise
