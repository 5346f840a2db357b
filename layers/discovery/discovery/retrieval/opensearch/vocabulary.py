"""What OpenSearch says of words and names, as `retrieval.alternatives` asks for it."""

from collections.abc import Mapping, Sequence

from discovery.opensearch.engine import Engine, Search
from discovery.retrieval.alternatives import EDITS, MOST
from discovery.retrieval.opensearch import lexicon
from discovery.retrieval.opensearch.lookups import Lookups, title_of
from discovery.retrieval.opensearch.spelling import Speller, near_titles_search
from discovery.retrieval.opensearch.suggester import Suggester
from discovery.retrieval.query_syntax import parts_of


class EngineVocabulary:
    """Looks words and names up in one catalogue."""

    def __init__(
        self, engine: Engine, titles: str, names: str, *, lookups: Lookups, speller: Speller, suggester: Suggester
    ) -> None:
        self._engine = engine
        self._titles = titles
        self._names = names
        self._lookups = lookups
        self._speller = speller
        self._suggester = suggester

    async def frequencies(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many titles each word is; of several parts, the rarest."""
        parts = {word: parts_of(word) for word in words}
        looked_up = await self._lookups.look_up(words=[part for of in parts.values() for part in of])
        return {word: min(map(looked_up.count, of), default=0) for word, of in parts.items()}

    async def corrected(self, text: str) -> str:
        """A text as a search would correct it."""
        return await self._speller.corrected(text)

    async def near_titles(self, key: str) -> Sequence[str]:
        """The most popular titles within some edits."""
        (answer,) = await self._engine.search([Search(self._titles, near_titles_search(key, EDITS, MOST))])
        return [title_of(hit).title for hit in answer.hits]

    async def near_names(self, text: str) -> Sequence[str]:
        """Names that a text begins, or nearly begins, one of each kind."""
        return [one.text for one in (await self._suggester.suggest(text, 1)).suggestions]

    async def corrected_word(self, word: str) -> str | None:
        """The word that is meant by one that the catalogue lacks; None where none is near."""
        return (await self._speller.corrected_words([word]))[word]

    async def near_words(self, key: str) -> Sequence[str]:
        """The words within some edits, the likeliest first."""
        (answer,) = await self._engine.search([Search(self._names, lexicon.near(key, EDITS))])
        return lexicon.words_of(key, answer)
