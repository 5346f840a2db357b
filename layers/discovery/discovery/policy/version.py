"""Versions of a parameter, and the one that a rollback goes back to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from discovery.errors import RequestInvalid


@dataclass(frozen=True)
class Version:
    """One of the last hundred versions of a parameter, which Parameter Store keeps."""

    version: int
    value: str
    modified_at: float
    """Unix seconds."""
    modified_by: str
    """ARN; empty where Parameter Store does not say."""
    labels: tuple[str, ...]


def earlier(versions: Sequence[Version], wanted: int | None) -> Version:
    """The version to go back to: the wanted one, or the one before the current; `versions` has the newest first.

    Raises:
        RequestInvalid: there is no such version.
    """
    current, *older = versions
    if wanted is None:
        if not older:
            raise RequestInvalid("name", f"Version {current.version} is the only one. There is no earlier value.")
        return older[0]
    for version in versions:
        if version.version == wanted:
            return version
    kept = f"{versions[-1].version} to {current.version}"
    raise RequestInvalid("version", f"There is no version {wanted}. Parameter Store has versions {kept}.")
