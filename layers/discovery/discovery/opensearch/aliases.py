"""Which versions of a catalogue an OpenSearch has, which of them is current, and switching to another one."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from discovery.errors import CatalogueError
from discovery.opensearch.versions import REPLACED_AT, Place, Version, is_index_of, names_of, previous_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_TELLING = "*.aliases,*.mappings._meta"


class Aliases:
    """The aliases of one catalogue; its methods raise what the client raises."""

    def __init__(self, client: "OpenSearch", alias: str) -> None:
        self._client = client
        self.alias = alias

    def versions(self) -> list[Version]:
        """All versions, newest first, without their sizes."""
        said = self._client.indices.get(index=f"{self.alias}-*", filter_path=_TELLING)
        found = (self._version(index, told) for index, told in said.items() if is_index_of(self.alias, index))
        return sorted(found, key=lambda version: version.built_at, reverse=True)

    def at(self, place: Place) -> Version | None:
        """The version at a place."""
        return next((version for version in self.versions() if version.place == place), None)

    def current(self) -> Version:
        """The current version.

        Raises:
            CatalogueError: there is none.
        """
        found = self.at("current")
        if found is None:
            raise CatalogueError(f"{self.alias}: there is no catalogue; build one first")
        return found

    def measured(self) -> list[Version]:
        """All versions, newest first, with their sizes."""
        stats = self._client.indices.stats(index=f"{self.alias}-*", metric="docs,store")["indices"]
        return [_measured(version, stats) for version in self.versions()]

    def switch_to(self, version: Version, now: datetime) -> None:
        """Make a version the current one, and the current one the version before, in one request.

        It fails as a whole where somebody else has switched meanwhile.
        """
        current, previous = self.at("current"), self.at("previous")
        pairs = zip((self.alias, names_of(self.alias)), version.indices, strict=True)
        actions = [_add(index, alias) for alias, index in pairs]
        if previous is not None:
            actions.append(_remove(previous.index, previous_of(self.alias)))
        if current is not None:
            pairs = zip((self.alias, names_of(self.alias)), current.indices, strict=True)
            actions += [_remove(index, alias) for alias, index in pairs]
            actions.append(_add(current.index, previous_of(self.alias)))
            # Before the switch: who is ended between the two leaves a version that nobody removes too early.
            told = {**current.told, REPLACED_AT: now.isoformat()}
            self._client.indices.put_mapping(index=current.index, body={"_meta": told})
        self._client.indices.update_aliases(body={"actions": actions})

    def remove(self, version: Version) -> None:
        """Delete the indices of a version, those that are there."""
        self._client.indices.delete(index=",".join(version.indices), ignore_unavailable=True)

    def _version(self, index: str, said: dict[str, Any]) -> Version:
        aliases = said.get("aliases", {})
        place: Place = "current" if self.alias in aliases else "previous" if previous_of(self.alias) in aliases else ""
        return Version(index, said.get("mappings", {}).get("_meta", {}), place)


def _measured(version: Version, stats: dict[str, Any]) -> Version:
    sizes = (stats[index]["total"]["store"]["size_in_bytes"] for index in version.indices if index in stats)
    titles = stats.get(version.index, {}).get("primaries", {}).get("docs", {}).get("count", 0)
    return replace(version, titles=titles, size=sum(sizes))


def _add(index: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": index, "alias": alias}}


def _remove(index: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": alias, "must_exist": True}}
