"""A small catalogue for tests: films of clear kinds, and an embedding model whose synonyms are near by construction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordLevel

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.source import parse_jsonl, read_lines
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.catalogue.changed import with_changes
from discovery.catalogue.changes import Changes
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.suggestion_index import SuggestionIndex, Suggestions

MODEL_NAME = "tests/topics-16"
CHANGES_ID = "c" * 16
SOURCE = Path(__file__).with_name("catalogue.jsonl")

CONTENTS: tuple[Content, ...] = tuple(parse_jsonl(number, line) for number, line in enumerate(read_lines(SOURCE), 1))
"""What `SOURCE` holds; a content's row in the bundle is its place here."""

TOPICS = {
    "space": "space alien spaceship astronaut planet rocket robot starship galaxy orbit science fiction",
    "sea": "sea shark ocean whale beach boat ship submarine fish iceberg",
    "crime": "crime mafia detective gangster murder killer police heist mob thriller",
    "love": "love romance romantic kiss marriage wedding lovers passion waitress",
    "food": "food cook chef restaurant kitchen rat meal cuisine soup baker",
    "war": "war soldier battle army trench general troops history",
    "fear": "horror ghost vampire haunted monster terror demon blood castle",
    "games": "chess game prodigy tournament board player grandmaster puzzle",
    "family": "family toy children animated animation forest spirit neighbour kids",
    "music": "music song band drummer jazz orchestra singer concert",
}
"""Word lists by topic: words of one topic have a cosine above 0.9, words of two topics below 0.1."""

_OWN_DIMENSIONS = 6
_OWN_WEIGHT = 0.3


def model() -> EmbeddingModel:
    """A real tokenizer over the topics' words; a word outside them has no vector."""
    words = [(word, topic) for topic, listed in enumerate(TOPICS.values()) for word in listed.split()]
    tokens = np.zeros((len(words), len(TOPICS) + _OWN_DIMENSIONS), dtype=np.float16)
    for token, (_, topic) in enumerate(words):
        tokens[token, topic] = 1.0
        tokens[token, len(TOPICS) + token % _OWN_DIMENSIONS] = _OWN_WEIGHT
    # The unknown token's id is past the matrix's end, where `embed` drops it.
    ids = {word: token for token, (word, _) in enumerate(words)} | {"[UNK]": len(words)}
    tokenizer = Tokenizer(WordLevel(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return EmbeddingModel(MODEL_NAME, tokenizer, tokens)


def build(tmp_path: Path) -> Path:
    """Build the bundle of `CONTENTS` below a folder; returns the bundle's path."""
    bundle = tmp_path / "catalogue"
    build_bundle(CONTENTS, model(), bundle)
    return bundle


def changed(folder: Path) -> Catalogue:
    """The titles of `CONTENTS`: of each three one as built, one put over another of its id, and one put anew.

    As many others were built and are deleted. What is gone would be found first by whatever finds it.
    """
    built, put, gone = [], [], []
    for row, content in enumerate(CONTENTS):
        old = content.model_copy(update={"release_year": 1913, "platforms": ("Nickelodeon",), "popularity_score": 1.0})
        match row % 3:
            case 0:
                built += [content, old.model_copy(update={"id": f"{content.id}-gone"})]
                gone.append(f"{content.id}-gone")
            case 1:
                built.append(old.model_copy(update={"title": f"{content.title} {content.title}"}))
                put.append(content)
            case 2:
                put.append(content)
    build_bundle(built, model(), folder / "bundle")
    base = open_catalogue(folder / "bundle")
    return with_changes(base, Changes().put(put).delete(gone, built=gone), CHANGES_ID)


def suggestions(contents: Sequence[Content], folder: Path) -> Suggestions:
    """What contents can suggest, without the rest of a bundle."""
    Documents.write(contents, folder)
    SuggestionIndex.write(folder / "suggestions", contents)
    return Suggestions(SuggestionIndex.open(folder / "suggestions"), Documents.open(folder))


@contextmanager
def opened(bundle: Path) -> Iterator[Catalogue]:
    """An open bundle."""
    yield open_catalogue(bundle)


def row_of(content_id: str) -> int:
    """The row of a content in the bundle that `build` makes."""
    return next(row for row, content in enumerate(CONTENTS) if content.id == content_id)


def ids_of(rows: Iterable[int]) -> list[str]:
    """The content ids of rows of the bundle that `build` makes, in the order given."""
    return [CONTENTS[row].id for row in rows]
