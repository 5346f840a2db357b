"""The titles that events may be of: those of the current catalogue, and of the one whose pages people still have."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Protocol

from discovery.artefacts.held import Held
from discovery.errors import EventsNotTaken, IndexUnavailable
from discovery.opensearch.engine import Engine


class Titles(Protocol):
    """Tells which titles there are."""

    async def known(self, ids: Collection[str]) -> Container[str]:
        """Of some content ids at least those that a catalogue has, and none that no catalogue has.

        Raises:
            EventsNotTaken: nobody could tell; whoever asks again loses nothing.
        """
        ...


@dataclass(frozen=True)
class HeldTitles:
    """Those of the catalogues that the environment holds."""

    catalogues: Held[frozenset[str]]

    async def known(self, ids: Collection[str]) -> Container[str]:
        """Those of them that a catalogue has."""
        held = self.catalogues.all_held()
        return {one for one in ids if any(one in titles for titles in held)}


@dataclass(frozen=True)
class IndexedTitles:
    """Those of an index in OpenSearch, by its alias."""

    engine: Engine
    alias: str

    async def known(self, ids: Collection[str]) -> Container[str]:
        """Those of them that the index has now.

        Raises:
            EventsNotTaken: OpenSearch did not answer.
        """
        try:
            return await self.engine.known(self.alias, sorted(ids))
        except IndexUnavailable as error:
            raise EventsNotTaken(str(error)) from error
