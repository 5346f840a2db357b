"""Evidence by whole names in a query: of people (cast and directors), and of keywords ("coming of age", "anime")."""

from dataclasses import dataclass

from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.catalogue.title_key import title_key
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Mask


@dataclass(frozen=True)
class Names:
    """What names a field holds, and of how many words they are looked for."""

    field: str
    shortest: int
    longest: int = 4
    plural: bool = False
    """Whether a query may have the plural of what the field has: "silent films"."""

    def found_in(self, index: KeywordIndex, query: str) -> dict[str, int]:
        """The names in a query, and of how many words each is; of names that overlap, the longer one."""
        words = title_key(query).split()
        names: dict[str, int] = {}
        taken: set[int] = set()
        for length in range(min(self.longest, len(words)), self.shortest - 1, -1):
            for start in range(len(words) - length + 1):
                places = set(range(start, start + length))
                name = self._known(index, " ".join(words[start : start + length]))
                if name and not places & taken:
                    names[name] = length
                    taken |= places
        return names

    def retrieve(self, index: KeywordIndex, query: str, allowed: Mask | None) -> Ranking:
        """The titles that have names of a query, by the share of its words that these are."""
        names = self.found_in(index, query)
        if not names:
            return Ranking()
        words = max(self.shortest, len(title_key(query).split()))
        evidence: dict[int, float] = {}
        for name, length in names.items():
            rows, _ = index.rows(Query.term_query(index.index.schema, self.field, name))
            for row in rows.tolist():
                evidence[row] = evidence.get(row, 0.0) + length / words
        return Ranking.by_evidence({row: min(strength, 1.0) for row, strength in evidence.items()}, allowed)

    def _known(self, index: KeywordIndex, name: str) -> str | None:
        spellings = (name, name.removesuffix("s")) if self.plural else (name,)
        return next((one for one in spellings if one and index.searcher.doc_freq(self.field, one)), None)


PEOPLE = Names(fields.PERSON_KEY, shortest=2)
"""A single name is a word of the cast, which keyword search finds."""
TOPICS = Names(fields.KEYWORD_KEY, shortest=1, plural=True)
