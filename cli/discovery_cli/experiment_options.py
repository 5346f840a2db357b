"""The options that describe an experiment, and the document that they make."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from discovery.experiments.document import experiment_document
from discovery_cli.connection import Command

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS = (
    click.option(
        "--variants", help="Share of each variant among participants; they sum to 1: control=0.5,high_boost=0.5"
    ),
    click.option(
        "--allocation",
        "traffic_allocation",
        type=float,
        help="Share of all signed-in people who take part, 0 to 1.  [default: 1]",
    ),
    click.option("--salt", help="A new salt assigns everybody anew.  [default: the name]"),
    click.option("--start", help="Time in RFC 3339, such as 2026-05-01T09:00:00Z.  [default: at once]"),
    click.option("--end", help="Time in RFC 3339.  [default: when it is stopped]"),
    click.option("--file", type=FILE, help="File with all of that as JSON, instead of the options above."),
)


def experiment_options(command: Command) -> Command:
    """Give a command the options that describe an experiment."""
    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)


def document_of(file: Path | None, members: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The document in the file, or of the members; `given` are those that were given as options, beside no file."""
    if file is not None:
        if given:
            raise click.UsageError("Pass either --file or the options of the experiment, not both.")
        return text_of(file)
    if missing := [f"--{name}" for name in ("name", "variants") if name not in members]:
        raise click.UsageError(f"Pass {' and '.join(missing)}, or --file.")
    return experiment_document(**(dict(members) | {"variants": _shares(members["variants"])}))


def text_of(file: Path) -> str:
    """A file's text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None


def _shares(text: str) -> dict[str, float]:
    pairs = [part.partition("=") for part in text.split(",")]
    try:
        found = {name.strip(): float(share) for name, _, share in pairs}
    except ValueError:
        raise click.BadParameter("Write shares as in control=0.5,high_boost=0.5.", param_hint="--variants") from None
    if len(found) < len(pairs):
        raise click.BadParameter("A variant is named twice.", param_hint="--variants")
    return found
