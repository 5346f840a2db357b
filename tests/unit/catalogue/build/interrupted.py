"""Builds that fail midway, and what they leave."""

from pathlib import Path

from discovery.artefacts.folder import checksum
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel
from tests import catalogues

OTHERS = tuple(Content(id=f"other-{n}", title=f"Other {n}") for n in range(3))


class Interrupted(Exception):
    pass


class FailingModel(EmbeddingModel):
    """Fails while it is saved, the last step before the manifest."""

    def save(self, folder: Path) -> None:
        (folder / "half-a-file").write_text("…")
        raise Interrupted


def files(folder: Path) -> dict[str, str]:
    return {f.relative_to(folder).as_posix(): checksum(f) for f in folder.rglob("*") if f.is_file()}


def failing_model() -> FailingModel:
    model = catalogues.model()
    return FailingModel(model.name, model.tokenizer, model.tokens)
