"""The model that is current under an S3 prefix."""

from pathlib import Path

from discovery.artefacts.followed import Followed
from discovery.artefacts.kind import Kind
from discovery.artefacts.pointed import Pointed
from discovery.location import S3Prefix
from sona.errors import ModelInvalid, PublishingFailed
from sona.model.manifest import ModelManifest
from sona.model.model import Model

POLL_SECONDS = 60.0

MODELS = Kind(
    name="model",
    noun="model",
    opened=Model.open,
    verified=lambda folder: ModelManifest.read(folder).verify(folder),
    checksums=lambda text, name: ModelManifest.parse(text, name).checksums,
    invalid=ModelInvalid,
    failed=PublishingFailed,
)


def published_models(location: S3Prefix, folder: Path, *, poll_seconds: float = POLL_SECONDS) -> Followed[Model]:
    """Models under a prefix, kept in a folder."""
    return Followed(Pointed(location, folder, MODELS), poll_seconds=poll_seconds)
