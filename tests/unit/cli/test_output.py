"""What a command prints, asks and ends with."""

import json
import os
import pty
from collections.abc import Iterator

import click
import pytest

from discovery.errors import DiscoveryError, PolicyRefused, PolicyUnavailable, Refusal, RequestInvalid
from discovery.policy.editor import ChangedMeanwhile
from discovery_cli.output import NotConfirmed, Output

END_OF_INPUT = "\x04"
"""Ctrl-D."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end of a terminal at which a person types; stdin is the other end."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield ours
    os.close(ours)


@pytest.mark.parametrize("answer", ["y", "yes", "Y"])
def test_a_yes_confirms(terminal: int, answer: str) -> None:
    os.write(terminal, f"{answer}\n".encode())

    Output(as_json=False).confirm("Write this?")


@pytest.mark.parametrize("answer", ["n\n", "\n", END_OF_INPUT])
def test_anything_else_does_not(terminal: int, answer: str) -> None:
    os.write(terminal, answer.encode())

    with pytest.raises(NotConfirmed, match=r"Not confirmed\. Nothing is written\."):
        Output(as_json=False).confirm("Write this?")


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as stdin:  # noqa: PTH123 - what a script's stdin is
        monkeypatch.setattr("sys.stdin", stdin)

        with pytest.raises(NotConfirmed, match="Not a terminal: pass --yes to confirm"):
            Output(as_json=False).confirm("Write this?")


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        (PolicyUnavailable("throttled"), 1, "Parameter Store: throttled"),
        (RequestInvalid("name", "There is no parameter x."), 2, "Invalid value: There is no parameter x."),
        (RequestInvalid("version", "There is no version 7."), 2, "Invalid value for --to: There is no version 7."),
        (PolicyRefused([Refusal("boost_weight", "2", "not in [0, 1]")]), 3, "refused: boost_weight = '2': not in"),
        (ChangedMeanwhile("boost_weight"), 4, "Somebody else changed boost_weight meanwhile. Nothing is written."),
    ],
)
def test_an_error_of_the_layer_becomes_an_exit_code_a_message_and_a_document(
    error: DiscoveryError, exit_code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(click.ClickException) as failed, Output(as_json=True).failures():
        raise error

    document = json.loads(capsys.readouterr().out)
    assert (failed.value.exit_code, document["exit_code"]) == (exit_code, exit_code)
    assert document["error"] == failed.value.format_message()
    assert document["error"].startswith(message)


def test_a_value_is_not_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).show({}, "[red]0.4[/red]")

    assert capsys.readouterr().out == "[red]0.4[/red]\n"


def test_progress_is_not_drawn_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Output(as_json=False).progress("assigning", 2) as advance:
        advance(2)

    assert capsys.readouterr() == ("", "")
