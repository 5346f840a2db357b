"""Reading a query: genres, platforms, years and "like <title>", by rules.

What is understood becomes a constraint and leaves the words that are searched. The rules are cautious, since a wrong
constraint hides the right result: a query that is a title of the catalogue is taken as that title, a genre word counts
only where it names what is wanted ("horror films", "a comedy about chess"; not "Star Wars", "Crime and Punishment"),
and a platform only after "on" or "from", or before what is wanted ("Netflix comedies").
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from discovery.api.query_responses import Correction, LikeTitle, QueryParsed
from discovery.retrieval.filters import Constraints
from discovery.retrieval.understanding import years
from discovery.retrieval.understanding.origins import OriginReader
from discovery.retrieval.understanding.vocabularies import GenreReader, PlatformReader
from discovery.retrieval.understanding.wording import is_sentence, tidy, without_framing, without_stop_words

_NOT_A_VERB = r"(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bwould )(?<!\bthey )"
_LIKE = re.compile(rf"{_NOT_A_VERB}\b(?:like|similar to|in the style of)\s+(.+)$", re.IGNORECASE)

Key = int
"""Of a content: opaque, read by nobody but the index that gave it out."""
FindTitle = Callable[[str], tuple[Key, LikeTitle] | None]
"""A title of the catalogue, as its key and name, however it is spelled; None where there is none."""


@dataclass(frozen=True)
class ParsedQuery:
    """What the rules made of a query."""

    query: str
    """As it is searched, with corrections."""
    parsed: QueryParsed
    wanted: Constraints[str] = field(default_factory=Constraints)
    like_key: int | None = None
    """The title whose own vector joins the query's: the one that "like" names."""
    named: bool = False
    """Whether the whole query is a title."""
    genres_named: frozenset[str] = frozenset()
    """Genres whose words the query has, whether or not they are what is wanted."""

    origins: tuple[str, ...] = ()
    """Where titles are wanted from, in words that `KeywordIndex` has of their countries and languages."""

    @property
    def typed(self) -> str:
        """As it came, before a correction."""
        return self.parsed.corrected.typed if self.parsed.corrected else self.query

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing in particular: the search browses."""
        return not self.query

    def corrected_from(self, typed: str) -> "ParsedQuery":
        """The same, where it was typed otherwise, with that told."""
        if typed == self.query:
            return self
        correction = Correction.model_validate({"from": typed, "to": self.query})
        return replace(self, parsed=self.parsed.model_copy(update={"corrected": correction}))

    def relaxed(self) -> "ParsedQuery":
        """The same query without constraints: every word is searched."""
        parsed = QueryParsed(
            text=self.query,
            terms=self.query,
            countries=self.parsed.countries,
            languages=self.parsed.languages,
            like=self.parsed.like,
            relaxed=True,
            corrected=self.parsed.corrected,
        )
        return replace(self, parsed=parsed, wanted=Constraints())


class QueryParser:
    """Parses queries against one catalogue's vocabularies and titles."""

    def __init__(self, genres: Sequence[str], platforms: Sequence[str], find_title: FindTitle) -> None:
        self._genres = GenreReader(genres)
        self._platforms = PlatformReader(platforms, genres)
        self._origins = OriginReader(self._genres.words)
        self._find_title = find_title

    def candidates(self, query: str) -> list[str]:
        """All texts that `parse` may look up among the titles, for whoever has to know them beforehand."""
        match = _LIKE.search(self._genres.audience(query))
        words = match[1].split() if match else []
        return list(dict.fromkeys((query, *(" ".join(words[:end]) for end in range(len(words), 0, -1)))))

    def parse(self, query: str, find_title: FindTitle | None = None) -> ParsedQuery:
        """Read a query; deterministic, and never an error. `find_title`: what finds titles for this query alone."""
        if not query:
            return ParsedQuery(query, QueryParsed(text="", terms=""))
        genres_named = self._genres.named(query)
        find_title = find_title or self._find_title
        if find_title(query) is not None:
            return ParsedQuery(query, QueryParsed(text=query, terms=query), named=True, genres_named=genres_named)
        rest, like = _take_like(self._genres.audience(query), find_title)
        rest, years_wanted = years.take(rest)
        text, platforms = self._platforms.take(rest)
        origins = self._origins.read(text)
        rest, genres = self._genres.take(text)
        like_key, like_title = like or (None, None)
        wanted = Constraints(genres=genres.groups, platforms=platforms.groups, years=years_wanted or (None, None))
        # Nothing may be left of a query that was understood; of one that was not, everything is searched.
        understood = wanted.any or like_title is not None
        unframed = functools.partial(without_framing, sentence=is_sentence(query))
        parsed = QueryParsed(
            text=unframed(tidy(text)) if understood else unframed(text) or query,
            terms=without_stop_words(unframed(tidy(rest) if understood else tidy(text) or query)),
            genres=genres.names,
            platforms=platforms.names,
            year_range=years_wanted,
            countries=origins.countries,
            languages=origins.languages,
            like=like_title,
        )
        return ParsedQuery(query, parsed, wanted, like_key, genres_named=genres_named, origins=origins.words)


def _take_like(query: str, find_title: FindTitle) -> tuple[str, tuple[Key, LikeTitle] | None]:
    """The longest run of words after "like" that is a title; the words around it stay."""
    match = _LIKE.search(query)
    if match is None:
        return query, None
    words = match[1].split()
    for end in range(len(words), 0, -1):
        candidate = " ".join(words[:end])
        if (found := find_title(candidate)) is not None:
            return f"{query[: match.start()]} {' '.join(words[end:])}", found
    return query, None
