"""The manifest of a model: what it was trained on, how, how well it did, and the checksum of every other file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from discovery.artefacts.folder import MANIFEST_FILE, damage, inside, read_manifest
from discovery.artefacts.format_version import of_version
from sona.errors import ModelInvalid

FORMAT_VERSION = 1


class ModelManifest(BaseModel):
    """`manifest.json`; without a date, so that training again on the same data gives the same model, by id too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_version: int = FORMAT_VERSION
    catalogue: str
    """Id of the index bundle that the titles are of."""
    data: str
    """SHA-256 of the events in their order, hexadecimal."""
    titles: int
    people: int
    events: int
    first_year: int
    """The first year that popularity is kept of."""
    events_until: int
    """Unix seconds of the newest event."""
    solver: str
    """`ease` or `ridge`."""
    regularization: float
    """λ of the solver."""
    seed: int
    half: float
    """The evidence at which a score is 0.5."""
    figures: dict[str, float]
    """Of the evaluation on held-out likes; empty where there were too few people for one."""
    checksums: dict[Annotated[str, AfterValidator(inside)], str]
    """SHA-256, hexadecimal, by path relative to the model."""

    @classmethod
    def read(cls, folder: Path) -> "ModelManifest":
        """Read a model's manifest.

        Raises:
            ModelInvalid: there is none, it can't be read, or it is of another format.
        """
        text = read_manifest(folder, what="model", invalid=ModelInvalid)
        return cls.parse(text, str(folder / MANIFEST_FILE))

    @classmethod
    def parse(cls, text: bytes, name: str) -> "ModelManifest":
        """Parse the text of a manifest; its name is for messages.

        Raises:
            ModelInvalid: it can't be read, or it is of another format.
        """
        remedy = "train the model again"
        return of_version(cls, text, name, field="model_version", invalid=ModelInvalid, remedy=remedy)

    def verify(self, folder: Path) -> None:
        """Compare every file with its checksum.

        Raises:
            ModelInvalid: names the first file that is missing or differs.
        """
        if damaged := damage(folder, self.checksums):
            raise ModelInvalid(damaged)
