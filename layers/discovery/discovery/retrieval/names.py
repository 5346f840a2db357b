"""Whole names in a query: of people (cast and directors), and of keywords ("coming of age", "anime"). Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from discovery.catalogue.keyword_index import KEYWORD_KEY, PERSON_KEY
from discovery.catalogue.title_key import title_key


@dataclass(frozen=True)
class Names:
    """What names a field holds, and of how many words they are looked for."""

    field: str
    shortest: int
    longest: int = 4
    plural: bool = False
    """Whether a query may have the plural of what the field has: "silent films"."""

    def candidates(self, query: str) -> list[str]:
        """All that may be a name in a query, each once."""
        words = title_key(query).split()
        return list(dict.fromkeys(one for _, _, run in self._runs(words) for one in self._spellings(run)))

    def found_in(self, query: str, is_known: Callable[[str], bool]) -> dict[str, int]:
        """The known names in a query, and of how many words each is; of names that overlap, the longer one."""
        names: dict[str, int] = {}
        taken: set[int] = set()
        for start, length, run in self._runs(title_key(query).split()):
            places = set(range(start, start + length))
            name = next(filter(is_known, self._spellings(run)), None)
            if name and not places & taken:
                names[name] = length
                taken |= places
        return names

    def words(self, query: str) -> int:
        """Of how many words a query is, to whose share names are evidence."""
        return max(self.shortest, len(title_key(query).split()))

    def _runs(self, words: list[str]) -> Iterator[tuple[int, int, str]]:
        """Runs of words, the longest first: where each begins, of how many words it is, and itself."""
        for length in range(min(self.longest, len(words)), self.shortest - 1, -1):
            for start in range(len(words) - length + 1):
                yield start, length, " ".join(words[start : start + length])

    def _spellings(self, run: str) -> list[str]:
        return [one for one in ((run, run.removesuffix("s")) if self.plural else (run,)) if one]


PEOPLE = Names(PERSON_KEY, shortest=2)
"""A single name is a word of the cast, which keyword search finds."""
TOPICS = Names(KEYWORD_KEY, shortest=1, plural=True)
