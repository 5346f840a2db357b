"""Where the catalogue is."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from discovery.location import SCHEME, S3Prefix
from discovery.settings.section import Section


def _location(value: object) -> object:
    return S3Prefix.parse(value) if isinstance(value, str) and value.startswith(SCHEME) else value


class CatalogueSettings(Section):
    """Where the index bundle is."""

    path: Annotated[Path | S3Prefix, BeforeValidator(_location)] = Path("/opt/catalogue")
    """A folder, or `s3://bucket/prefix` where bundles are published."""
    bundle: Annotated[str, Field(pattern="^([0-9a-f]{16}(-[0-9a-f]{16})?)?$")] = ""
    """Id of the published bundle to open, or of a version: with `-` and the id of changes. Empty: the current one."""
    folder: Path | None = None
    """Where a published bundle is kept once it is fetched; in the system's temporary folder where None."""
    poll_sec: Annotated[float, Field(gt=0)] = 30
    """How often it is asked which bundle is current, where `bundle` names none."""
