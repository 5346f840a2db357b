"""What was found and is accepted, each with its reason: `requirements/accepted.toml`."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1)


class AcceptedVulnerability(_Entry):
    """An advisory that does not count."""

    id: str


class AcceptedLicence(_Entry):
    """A licence of one package that is not among the permissive ones."""

    package: str
    licence: str
    """Empty where the package's metadata names none."""


class Accepted(BaseModel):
    """Everything that is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vulnerability: tuple[AcceptedVulnerability, ...] = ()
    licence: tuple[AcceptedLicence, ...] = ()


def read_accepted(file: Path) -> Accepted:
    """Read the file.

    Raises:
        ValueError: it is no TOML, or an entry lacks its reason.
    """
    return Accepted.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
