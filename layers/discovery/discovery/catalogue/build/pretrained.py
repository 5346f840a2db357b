"""The pretrained embedding model, taken as files from the `wordllama` package: no import of it, no download."""

from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from discovery.catalogue.embeddings import EmbeddingModel
from discovery.errors import CatalogueError

NAME = "wordllama/l2_supercat_256"


def load_pretrained() -> EmbeddingModel:
    """Load the 256-dimensional model.

    Raises:
        CatalogueError: the package, or its files, are not installed.
    """
    from safetensors.numpy import load_file  # noqa: PLC0415 - on machines that build, and not in the layer

    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise CatalogueError("the package `wordllama` is not installed; `make setup` installs it")
    package = Path(spec.origin).parent
    tokenizer = package / "tokenizers" / "l2_supercat_tokenizer_config.json"
    weights = package / "weights" / "l2_supercat_256.safetensors"
    for file in (tokenizer, weights):
        if not file.exists():
            raise CatalogueError(f"the package `wordllama` lacks {file.name}; another version of it is needed")
    return EmbeddingModel(NAME, Tokenizer.from_file(str(tokenizer)), load_file(weights)["embedding.weight"])
