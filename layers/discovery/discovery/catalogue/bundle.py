"""Opening an index bundle: one folder with everything that search reads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import tantivy

from discovery.artefacts.folder import artefact_id
from discovery.catalogue.columns import Columns
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.exact_vectors import VECTORS_FILE, ExactVectors
from discovery.catalogue.keyword_index import TITLE_KEY, KeywordIndex
from discovery.catalogue.lexicon import Lexicon
from discovery.catalogue.manifest import Manifest
from discovery.catalogue.staged_vectors import StagedVectors
from discovery.catalogue.suggestion_index import SuggestionIndex, Suggestions
from discovery.catalogue.title_key import SHORTEST_EDITED, title_key
from discovery.catalogue.vectors import DocumentVectors
from discovery.errors import BundleInvalid

KEYWORD_FOLDER = "keyword"
LEXICON_FOLDER = "lexicon"
SUGGESTIONS_FOLDER = "suggestions"
COLUMNS_FOLDER = "columns"
MODEL_FOLDER = "model"

_models: WeakValueDictionary[tuple[str, ...], EmbeddingModel] = WeakValueDictionary()
"""Those in use, by name and checksums of their files."""


@dataclass(frozen=True)
class Catalogue:
    """An open bundle of n documents. A row is a document's place, 0 to n − 1, the same in every part of the bundle.

    Where changes are laid over it, some rows are gone: `columns.alive` says which are not.
    """

    bundle: str
    """The name of its version: catalogues of the same name hold the same."""
    manifest: Manifest
    documents: Documents
    columns: Columns
    vectors: DocumentVectors
    model: EmbeddingModel
    keyword: KeywordIndex
    lexicon: Lexicon
    suggestions: Suggestions

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.documents)

    def codes_of(self, attribute: str, keys: Collection[str]) -> frozenset[int]:
        """The codes of the names of an attribute, of those that it has; each in the form in which it is compared."""
        if (membership := self.columns.memberships.get(attribute)) is not None:
            return frozenset(code for code in map(membership.code, keys) if code is not None)
        names: Sequence[str] = getattr(self.manifest, attribute)
        return frozenset(code for code, name in enumerate(names) if name.casefold() in keys)

    @property
    def ids(self) -> list[str]:
        """All content ids, by row; reads the whole column."""
        return self.documents.ids(range(self.size))

    def contents(self, rows: Iterable[int]) -> list[Content]:
        """The documents of rows, in the order given."""
        return [self.documents.content(row) for row in rows]

    def find_title(self, title: str) -> int | None:
        """The row of a title, whatever its case, accents, punctuation and article; the most popular of several."""
        return self._most_popular(tantivy.Query.term_query(self.keyword.index.schema, TITLE_KEY, title_key(title)))

    def near_title(self, title: str) -> int | None:
        """The same for a title that may be misspelled by one edit, if it is long enough to tell."""
        key = title_key(title)
        if len(key) < SHORTEST_EDITED:
            return None
        return self._most_popular(tantivy.Query.fuzzy_term_query(self.keyword.index.schema, TITLE_KEY, key, distance=1))

    def _most_popular(self, query: tantivy.Query) -> int | None:
        rows, _ = self.keyword.rows(query)
        return max(rows.tolist(), key=lambda row: (float(self.columns.popularity[row]), -row), default=None)


def open_catalogue(bundle: Path) -> Catalogue:
    """Open a bundle, memory-mapped, after comparing every file with its size.

    Its checksums are for `verify_bundle`: of a gigabyte they take longer than all else that an environment begins with.

    Raises:
        BundleInvalid: not a bundle, of another format version, a file is missing or cut short, or it was written by a
            library that ours can't read.
    """
    manifest = Manifest.read(bundle)
    manifest.require_files(bundle)
    try:
        documents = Documents.open(bundle)
        return Catalogue(
            bundle=artefact_id(bundle),
            manifest=manifest,
            documents=documents,
            columns=Columns.open(bundle / COLUMNS_FOLDER),
            vectors=_vectors(bundle),
            model=open_model(bundle, manifest),
            keyword=KeywordIndex.open(bundle / KEYWORD_FOLDER),
            lexicon=Lexicon.open(bundle / LEXICON_FOLDER),
            suggestions=Suggestions(SuggestionIndex.open(bundle / SUGGESTIONS_FOLDER), documents),
        )
    except Exception as error:  # `tokenizers` raises nothing narrower
        raise BundleInvalid(f"{bundle} can't be opened: {error}") from error


def verify_bundle(bundle: Path) -> None:
    """Compare every file of a bundle with its checksum; done wherever one was fetched, or is about to be published.

    Raises:
        BundleInvalid: not a bundle, of another format version, or damaged.
    """
    Manifest.read(bundle).verify(bundle)


def open_model(bundle: Path, manifest: Manifest) -> EmbeddingModel:
    """The embedding model of a bundle; of an open one, where that has the same.

    To read a tokenizer takes 0.1 s, in which it lets no other thread run: searches would wait for it whenever a new
    catalogue takes the place of another, nearly always with the same model.
    """
    files = sorted(name for name in manifest.checksums if name.startswith(f"{MODEL_FOLDER}/"))
    key = (manifest.model, *(part for name in files for part in (name, manifest.checksums[name])))
    model = _models.get(key)
    if model is None:
        model = _models[key] = EmbeddingModel.open(bundle / MODEL_FOLDER, manifest.model)
    return model


def _vectors(bundle: Path) -> DocumentVectors:
    """As they are kept; see `catalogue.build.builder` for which bundle keeps them how."""
    kind = ExactVectors if (bundle / VECTORS_FILE).exists() else StagedVectors
    return kind.open(bundle)
