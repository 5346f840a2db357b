"""Static embeddings: means of token vectors, of length 1."""

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE

from discovery.catalogue.embeddings import EmbeddingModel, normalized
from tests import catalogues


def cosine(first: str, second: str) -> float:
    vectors = catalogues.model().embed([first, second])
    return float(vectors[0] @ vectors[1])


def test_an_embedding_is_the_mean_of_its_words_scaled_to_length_one() -> None:
    model = catalogues.model()
    shark, chess = (model.tokens[model.tokenizer.token_to_id(word)].astype(np.float32) for word in ("shark", "chess"))
    mean = (shark + shark + chess) / 3

    assert model.embed(["shark shark chess"])[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)


def test_synonyms_are_near_and_other_topics_are_far() -> None:
    assert cosine("shark", "whale") > 0.9
    assert cosine("shark", "grandmaster") < 0.1


@pytest.mark.parametrize("text", ["", "   ", "nothing known", "🚀", "\u202e"])
def test_a_text_without_a_known_word_is_zeros_and_not_nan(text: str) -> None:
    assert catalogues.model().embed([text]).tolist() == [[0.0] * 16]


def test_no_texts_give_no_rows() -> None:
    assert catalogues.model().embed([]).shape == (0, 16)


def test_a_model_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    model = catalogues.model()

    model.save(tmp_path)
    opened = EmbeddingModel.open(tmp_path, "again")

    assert (opened.name, opened.dimensions) == ("again", 16)
    assert np.array_equal(opened.embed(["Shark CHESS café"]), model.embed(["Shark CHESS café"]))


@pytest.mark.parametrize("last", ["c", " "])  # a token with a space cannot be written in the quicker of the two formats
def test_a_byte_pair_encoding_comes_back_as_it_was_saved(tmp_path: Path, last: str) -> None:
    vocabulary = {token: at for at, token in enumerate(["a", "b", last, "ab", f"ab{last}"])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[("a", "b"), ("ab", last)]))

    EmbeddingModel("bpe", tokenizer, np.eye(5, dtype=np.float16)).save(tmp_path)
    opened = EmbeddingModel.open(tmp_path, "bpe")

    assert opened.tokenizer.encode(f"ab{last}ba").tokens == [f"ab{last}", "b", "a"]


def test_normalising_leaves_zeros_alone() -> None:
    rows = np.array([[3, 4], [0, 0]], dtype=np.float32)

    assert normalized(rows).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


@pytest.mark.parametrize(("text", "has"), [("shark", True), ("qqqq shark", True), ("qqqq", False), ("", False)])
def test_a_text_has_words_if_the_tokenizer_knows_one(text: str, has: bool) -> None:
    assert catalogues.model().has_words(text) is has
