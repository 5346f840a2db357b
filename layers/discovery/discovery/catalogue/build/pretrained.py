"""The pretrained embedding model, read from the files of the `wordllama` package without importing it."""

from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from discovery.catalogue.embeddings import EmbeddingModel
from discovery.errors import CatalogueError

NAME = "wordllama/l2_supercat_256"


def load_pretrained() -> EmbeddingModel:
    """Load the 256-dimensional model.

    Raises:
        CatalogueError: the package or one of its files is missing.
    """
    from safetensors.numpy import load_file  # noqa: PLC0415 - only machines that build have it, not the layer

    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise CatalogueError("the package `wordllama` is not installed. Install it with `make setup`.")
    package = Path(spec.origin).parent
    tokenizer = package / "tokenizers" / "l2_supercat_tokenizer_config.json"
    weights = package / "weights" / "l2_supercat_256.safetensors"
    for file in (tokenizer, weights):
        if not file.exists():
            raise CatalogueError(f"the package `wordllama` lacks {file.name}. Install another version of it.")
    return EmbeddingModel(NAME, Tokenizer.from_file(str(tokenizer)), load_file(weights)["embedding.weight"])
