"""Embedding very many texts: the vectors that `EmbeddingModel.embed` gives, in a third of the time.

Words come again and again, and what a tokenizer makes of one does not depend on its neighbours if the tokenizer marks
where words begin, and no token goes on beyond a blank. So each word is tokenized once.
"""

import json
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from discovery.catalogue.embeddings import EmbeddingModel, Vector, normalized

_BEGINS = "▁"
"""What stands for a blank, and before a word, in tokenizers of SentencePiece's kind."""
_MOST_WORDS = 1_000_000
"""That are remembered: some 200 MB of a million."""

Tokenize = Callable[[str], Sequence[int]]


class Embedder:
    """Embeds texts by one model, and remembers its words."""

    def __init__(self, model: EmbeddingModel) -> None:
        self._model = model
        self._vectors: NDArray[np.float32] = model.tokens.astype(np.float32)
        whole = _whole(model.tokenizer)
        self._tokenize = _Words(model.tokenizer, whole).tokenize if is_apart(model.tokenizer) else whole

    def embed(self, texts: Iterable[str]) -> Vector:
        """As `EmbeddingModel.embed`."""
        return normalized(np.array([self._mean(self._tokenize(text)) for text in texts], dtype=np.float32))

    def _mean(self, tokens: Sequence[int]) -> Vector:
        known = [token for token in tokens if token < len(self._vectors)]
        mean: Vector = self._vectors.take(known, axis=0).mean(axis=0) if known else self._nothing
        return mean

    @property
    def _nothing(self) -> Vector:
        return np.zeros(self._model.dimensions, dtype=np.float32)


class _Words:
    """Tokenizes word by word; a text that could be read otherwise as a whole is tokenized as a whole."""

    def __init__(self, tokenizer: Tokenizer, whole: Tokenize) -> None:
        self._whole = whole
        self._special = [str(token) for token in tokenizer.get_added_tokens_decoder().values()]
        self._known: dict[str, Sequence[int]] = {}

    def tokenize(self, text: str) -> Sequence[int]:
        """The tokens of a text."""
        words = text.split(" ")
        if not all(words) or _BEGINS in text or any(token in text for token in self._special):
            return self._whole(text)
        tokens: list[int] = []
        for word in words:
            known = self._known.get(word)
            if known is None:
                known = self._whole(word)
                if len(self._known) < _MOST_WORDS:
                    self._known[word] = known
            tokens += known
        return tokens


def _whole(tokenizer: Tokenizer) -> Tokenize:
    def tokenize(text: str) -> Sequence[int]:
        tokens: Sequence[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    return tokenize


def is_apart(tokenizer: Tokenizer) -> bool:
    """Whether what a tokenizer makes of a word does not depend on the words beside it."""
    parts = json.loads(tokenizer.to_str())
    marks = [
        {"type": "Prepend", "prepend": _BEGINS},
        {"type": "Replace", "pattern": {"String": " "}, "content": _BEGINS},
    ]
    return (
        parts["model"]["type"] == "BPE"
        and parts["pre_tokenizer"] is None
        and (parts["normalizer"] or {}).get("normalizers") == marks
        and not any(token.lstrip(_BEGINS).count(_BEGINS) for token in parts["model"]["vocab"])
    )
