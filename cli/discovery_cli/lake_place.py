"""What commands on a lake have in common: the option that says where it is, and bars while it is gone through."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from discovery.location import SCHEME, S3Prefix
from discovery_cli.output import Output
from discovery_cli.steps import steps


class _LakeLocation(click.ParamType[Path | S3Prefix]):
    name = "lake"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | S3Prefix:
        if not str(value).startswith(SCHEME):
            return Path(value)
        try:
            return S3Prefix.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


lake_option = click.option(
    "--lake",
    envvar="DISCOVERY_LAKE_LOCATION",
    required=True,
    type=_LakeLocation(),
    metavar="PLACE",
    show_envvar=True,
    help="Where exposures and outcomes are kept: a folder or s3://bucket/prefix.",
)


def bars(output: Output) -> Any:
    """A bar for each step on stderr, if that is a terminal."""
    console = Console(stderr=True, highlight=False)
    return steps(console, transient=True) if console.is_terminal and not output.as_json else nullcontext(_silent)


def _silent(step: str, done: int, total: int) -> None:
    """Where there is nobody to watch."""
