"""Embedding very many texts gives what embedding each as a whole gives."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer

from discovery.catalogue.build.embedding import Embedder, is_apart
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import parse_jsonl, read_lines
from discovery.catalogue.embeddings import EmbeddingModel, embedded_text
from local.stack.processes import ROOT
from tests import catalogues

ODD = ["", " ", "a  b", " Drama. ", "x\ty\nz", "▁ is a blank", "<s> shark </s>", "naïve Amélie 🦈", "don't — stop", "ⅷ"]


@pytest.fixture(scope="module")
def model() -> EmbeddingModel:
    return load_pretrained()


def test_vectors_are_the_same_to_the_last_bit(model: EmbeddingModel) -> None:
    lines = enumerate(read_lines(ROOT / "catalogue" / "demo.jsonl"), start=1)
    texts = [embedded_text(parse_jsonl(*line)) for line in lines] + ODD

    assert is_apart(model.tokenizer)
    assert np.array_equal(Embedder(model).embed(texts), model.embed(texts))


@pytest.mark.parametrize("odd", ODD)
def test_a_text_among_whose_words_there_is_something_odd_is_read_as_a_whole(odd: str, model: EmbeddingModel) -> None:
    embedder, texts = Embedder(model), [f"A shark {odd} at sea", odd, f"{odd} shark"]

    assert np.array_equal(embedder.embed(texts), model.embed(texts))
    assert np.array_equal(embedder.embed(texts), model.embed(texts))  # now that its words are known


def test_a_tokenizer_that_looks_beyond_a_word_is_given_whole_texts(model: EmbeddingModel) -> None:
    parts = json.loads(model.tokenizer.to_str())
    parts["normalizer"] = None

    assert not is_apart(Tokenizer.from_str(json.dumps(parts)))
    assert not is_apart(catalogues.model().tokenizer)
    texts = ["shark chess", "shark", "zxqv"]
    assert np.array_equal(Embedder(catalogues.model()).embed(texts), catalogues.model().embed(texts))
