"""Which version of a catalogue is current in OpenSearch."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discovery.artefacts.followed import Told
from discovery.errors import CatalogueError, IndexUnavailable
from discovery.observability import logger, metrics
from discovery.opensearch.about import About
from discovery.opensearch.engine import reason_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Connect = Callable[[], "OpenSearch"]


@dataclass(frozen=True)
class ToldVersion(Told):
    """A version, whose name is that of its index of titles."""

    about: About


class CurrentVersion[Opened]:
    """A source of what is made of the version that an alias names."""

    kind = "catalogue"

    def __init__(self, connect: Connect, alias: str, made: Callable[[str, About], Opened]) -> None:
        """`made` is given the index of titles and what it tells of itself."""
        self._connect = connect
        self._alias = alias
        self._made = made
        self._polls: OpenSearch | None = None

    def first(self) -> tuple[ToldVersion, Opened]:
        """What is made of the current version.

        Raises:
            IndexUnavailable: OpenSearch tells of no version that can be used.
        """
        with closing(self._connect()) as client:
            try:
                told = self._told(client)
            except CatalogueError as error:
                _refused(error)
                raise IndexUnavailable("failed") from error
        return told, self._made(told.name, told.about)

    def asked(self) -> ToldVersion | None:
        """The current version; None where OpenSearch does not tell of one that can be used."""
        try:
            if self._polls is None:
                self._polls = self._connect()
            return self._told(self._polls)
        except IndexUnavailable as error:
            metrics.count("CataloguePollFailed")
            logger.warning("current catalogue not known", reason=error.reason)
        except Exception as error:  # noqa: BLE001 - whatever it is, requests have an answer without it
            _refused(error)
        return None

    def opened(self, told: ToldVersion) -> Opened | None:
        """What is made of a version; None where nothing can be."""
        try:
            return self._made(told.name, told.about)
        except Exception as error:  # noqa: BLE001 - as above
            _refused(error)
            return None

    def let_go(self, told: ToldVersion) -> None:
        """Nothing is kept of a version."""

    def logged(self, told: ToldVersion) -> Mapping[str, str]:
        """Its index."""
        return {"index": told.name}

    def _told(self, client: "OpenSearch") -> ToldVersion:
        """The current version, and what it tells.

        Raises:
            IndexUnavailable: there is no answer; says why.
            CatalogueError: the answer is no version that can be used.
        """
        from opensearchpy.exceptions import NotFoundError, OpenSearchException  # noqa: PLC0415

        try:
            said = client.indices.get_mapping(index=self._alias, filter_path="*.mappings._meta")
        except NotFoundError as error:
            raise CatalogueError(f"there is no catalogue {self._alias}") from error
        except (OpenSearchException, OSError) as error:
            raise IndexUnavailable(reason_of(error)) from error
        if len(said) != 1:
            raise CatalogueError(f"{self._alias} is {len(said)} catalogues")
        ((index, told),) = said.items()
        about = About.of(told["mappings"]["_meta"], index)
        return ToldVersion(about.version, index, about)


def _refused(error: Exception) -> None:
    metrics.count("CatalogueRefused")
    logger.error("catalogue not used", reason=str(error))
