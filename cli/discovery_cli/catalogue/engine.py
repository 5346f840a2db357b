"""The options that say what keeps a catalogue: index bundles, or an OpenSearch and where it is."""

import functools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from pydantic import ValidationError

from discovery.errors import CatalogueError
from discovery.opensearch.connecting import for_builds
from discovery.settings.opensearch import OpenSearchSettings

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Command = Callable[..., None]

_DEFAULTS = OpenSearchSettings()
_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["bundle", "opensearch"]),
        default="bundle",
        show_default=True,
        help="What keeps the catalogue: index bundles, or OpenSearch.",
    ),
    click.option(
        "--url",
        envvar="DISCOVERY_OPENSEARCH_URL",
        help=f"URL of OpenSearch.  [default: $DISCOVERY_OPENSEARCH_URL, or {_DEFAULTS.url}]",
    ),
    click.option(
        "--index",
        envvar="DISCOVERY_OPENSEARCH_INDEX",
        help=f"Alias of the catalogue there.  [default: $DISCOVERY_OPENSEARCH_INDEX, or {_DEFAULTS.index}]",
    ),
    click.option(
        "--service",
        envvar="DISCOVERY_OPENSEARCH_SERVICE",
        type=click.Choice(["es", "aoss"]),
        help="The AWS service that requests are signed for.  [default: $DISCOVERY_OPENSEARCH_SERVICE, or none]",
    ),
)


def with_engine(command: Command) -> Command:
    """Give a command the options, and `opensearch`: where it is, or None where bundles keep the catalogue."""

    @functools.wraps(command)
    def run(
        *args: object, engine: str, url: str | None, index: str | None, service: str | None, **options: object
    ) -> None:
        given = {"url": url, "index": index, "service": service}
        if engine == "opensearch":
            command(*args, opensearch=_settings(given), **options)
        else:
            _refuse(given)
            command(*args, opensearch=None, **options)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), run)


@contextmanager
def connected(opensearch: OpenSearchSettings) -> "Iterator[OpenSearch]":
    """A client for whoever builds; what goes wrong becomes the command's error."""
    try:
        with closing(for_builds(opensearch)) as client:
            yield client
    except (CatalogueError, OSError) as error:
        raise click.ClickException(f"{opensearch.index} at {opensearch.url}: {error}") from error


def _settings(given: dict[str, str | None]) -> OpenSearchSettings:
    try:
        return OpenSearchSettings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        raise click.BadParameter(first["msg"], param_hint=f"--{first['loc'][0]}") from error


def _refuse(given: dict[str, str | None]) -> None:
    context = click.get_current_context()
    for name in given:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is of --engine opensearch.")
