"""What a bundle says of words and names, as `retrieval.alternatives` asks for it."""

from collections.abc import Mapping, Sequence

from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.alternatives import EDITS, MOST
from discovery.retrieval.bundle.spelling import Speller
from discovery.retrieval.bundle.suggester import Suggester


class BundleVocabulary:
    """Looks words and names up in one catalogue."""

    def __init__(self, catalogue: Catalogue, speller: Speller, suggester: Suggester) -> None:
        self._catalogue = catalogue
        self._speller = speller
        self._suggester = suggester

    async def frequencies(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many texts each word is; of several terms, the rarest."""
        keyword = self._catalogue.keyword
        return {word: min(map(keyword.frequency, keyword.analyze(word)), default=0) for word in words}

    async def corrected(self, text: str) -> str:
        """A text as a search would correct it."""
        return self._speller.corrected(text)

    async def near_titles(self, key: str) -> Sequence[str]:
        """The most popular titles within some edits."""
        keyword, popularity = self._catalogue.keyword, self._catalogue.columns.popularity
        rows, _ = keyword.rows(Query.fuzzy_term_query(keyword.index.schema, fields.TITLE_KEY, key, distance=EDITS))
        popular = sorted(rows.tolist(), key=lambda row: (-float(popularity[row]), row))
        return [content.title for content in self._catalogue.contents(popular[:MOST])]

    async def near_names(self, text: str) -> Sequence[str]:
        """Names that a text begins, or nearly begins, one of each kind."""
        return [one.text for one in self._suggester.suggest(text, 1).suggestions]

    async def corrected_word(self, word: str) -> str | None:
        """The word that is meant by one that the catalogue lacks; None where none is near."""
        return self._catalogue.lexicon.corrected(word)

    async def near_words(self, key: str) -> Sequence[str]:
        """The words within some edits, the likeliest first."""
        return self._catalogue.lexicon.near(key, EDITS)
