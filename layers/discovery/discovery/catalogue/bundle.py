"""Opening an index bundle: one folder with everything that search reads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from discovery.catalogue.codes import Codes
from discovery.catalogue.columns import Columns
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.keyword_index import TITLE_KEY, KeywordIndex
from discovery.catalogue.lexicon import Lexicon
from discovery.catalogue.manifest import Manifest, bundle_id
from discovery.catalogue.suggestion_index import SuggestionIndex
from discovery.catalogue.title_key import SHORTEST_EDITED, title_key
from discovery.errors import BundleInvalid

VECTORS_FILE = "vectors.npy"
KEYWORD_FOLDER = "keyword"
LEXICON_FOLDER = "lexicon"
SUGGESTIONS_FOLDER = "suggestions"
COLUMNS_FOLDER = "columns"
MODEL_FOLDER = "model"


@dataclass(frozen=True)
class Catalogue:
    """An open bundle of n documents. A row is a document's place, 0 to n − 1, the same in every part of the bundle."""

    bundle: str
    """`bundle_id`: bundles of the same id hold the same."""
    manifest: Manifest
    documents: Documents
    columns: Columns
    vectors: NDArray[np.float32]
    """`[n, dimensions]`, each row of length 1, or zeros for a text without a known token."""
    codes: Codes
    """Of the vectors."""
    model: EmbeddingModel
    keyword: KeywordIndex
    lexicon: Lexicon
    suggestions: SuggestionIndex

    @property
    def size(self) -> int:
        """Number of documents."""
        return self.manifest.count

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
    """Open a bundle, memory-mapped, after comparing every file with its checksum.

    Raises:
        BundleInvalid: not a bundle, of another format version, damaged, or written by a library that ours can't read.
    """
    manifest = Manifest.read(bundle)
    manifest.verify(bundle)
    try:
        return Catalogue(
            bundle=bundle_id(bundle),
            manifest=manifest,
            documents=Documents.open(bundle),
            columns=Columns.open(bundle / COLUMNS_FOLDER),
            vectors=np.asarray(np.load(bundle / VECTORS_FILE, mmap_mode="r")),
            codes=Codes.open(bundle),
            model=EmbeddingModel.open(bundle / MODEL_FOLDER, manifest.model),
            keyword=KeywordIndex.open(bundle / KEYWORD_FOLDER),
            lexicon=Lexicon.open(bundle / LEXICON_FOLDER),
            suggestions=SuggestionIndex.open(bundle / SUGGESTIONS_FOLDER),
        )
    except Exception as error:  # `tokenizers` raises nothing narrower
        raise BundleInvalid(f"{bundle} can't be opened: {error}") from error
