"""Static text embeddings: the mean of token vectors, L2-normalized.

The model is two files, a tokenizer and a token matrix; no network, no GPU and no framework is needed to use them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from discovery.catalogue.content import Content

TOKENIZER_FILE = "tokenizer.json"
TOKENS_FILE = "tokens.npy"

Vector = NDArray[np.float32]


_LETTERS_A_PIECE = 3
"""At least, of a word: "pale-ont-ologist" is one, "f-lib-bo-z-ant" is none."""


@dataclass(frozen=True)
class EmbeddingModel:
    """A tokenizer and its token matrix (`float16[vocabulary, dimensions]`)."""

    name: str
    tokenizer: Tokenizer
    tokens: NDArray[np.float16]

    @property
    def dimensions(self) -> int:
        """Length of an embedding."""
        return int(self.tokens.shape[1])

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Open the model's files; the token matrix is memory-mapped, since a query touches a few rows of it."""
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        return cls(name, tokenizer, np.asarray(np.load(folder / TOKENS_FILE, mmap_mode="r")))

    def save(self, folder: Path) -> None:
        """Write the model's two files into a folder."""
        written = _quick_to_open(self.tokenizer.to_str())
        (folder / TOKENIZER_FILE).write_text(written, encoding="utf-8")
        np.save(folder / TOKENS_FILE, self.tokens)

    def has_words(self, text: str) -> bool:
        """Whether any word of a text is one to the tokenizer, which splits what is none into short pieces."""
        return any(self._is_word(word) for word in text.split())

    def _is_word(self, word: str) -> bool:
        pieces = sum(token < len(self.tokens) for token in self.tokenizer.encode(word, add_special_tokens=False).ids)
        return 0 < pieces * _LETTERS_A_PIECE <= len(word)

    def embed(self, texts: list[str]) -> Vector:
        """Embed texts: `float32[len(texts), dimensions]`, each row of length 1, or zeros where no token is known."""
        embedded = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, encoding in enumerate(self.tokenizer.encode_batch(texts, add_special_tokens=False)):
            ids = [token for token in encoding.ids if token < len(self.tokens)]
            if ids:
                embedded[row] = self.tokens[ids].astype(np.float32).mean(axis=0)
        return normalized(embedded)


def embedded_text(content: Content) -> str:
    """The text that a document's vector stands for: genres and overview, or the title where there is no overview.

    Keyword search finds titles. In a short text their words would outweigh what the overview says.
    """
    return f"{', '.join(content.genres)}. {content.overview or content.title}"


def _quick_to_open(tokenizer: str) -> str:
    """Write the merges of byte-pair encoding as "a b" instead of ["a", "b"]: read in two thirds of the time.

    Both are formats of `tokenizers`; the older one, taken here, cannot hold a token with a space.
    """
    parts = json.loads(tokenizer)
    merges = parts["model"].get("merges", [])
    if not any(" " in token for merge in merges for token in merge):
        parts["model"]["merges"] = [" ".join(merge) for merge in merges]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def normalized(vectors: Vector) -> Vector:
    """Scale each row to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
