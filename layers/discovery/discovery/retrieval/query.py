"""Reading a query: genres, platforms, years and "like <title>", by rules.

What is understood becomes a constraint and leaves the words that are searched. The rules are cautious, since a wrong
constraint hides the right result: a query that is a title of the catalogue is taken as that title, a genre word counts
only where it names what is wanted ("horror films", "a comedy about chess"; not "Star Wars", "Crime and Punishment"),
and a platform only after "on" or "from", or before what is wanted ("Netflix comedies").
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from discovery.responses import LikeTitle, QueryParsed
from discovery.retrieval import years
from discovery.retrieval.filters import Constraints, codes_of

_MEDIUM = r"(?:films?|movies?|series|shows?|flicks?|titles|pictures|something|anything|stuff|one)"
_WISH = r"show me|find me|i want|something|anything"
_MODIFIER = rf"(?:{_WISH}|a|an|the|some|any|good|great|best|top|classic|old|new|recent|popular|more)"
_FOLLOWER = (
    r"(?:about|with|without|set|where|in which|starring|featuring|like|similar|on|from|before|after|since|between)"
)
_JOINING = rf"(?:{_FOLLOWER}|{_MEDIUM}|{_MODIFIER}|in|of|by|for|but|and|me|find|that (?:is|are))"
_EDGES = re.compile(rf"^(?:{_JOINING}\b\W*)+|(?:\W*\b{_JOINING})+\W*$", re.IGNORECASE)
_NOT_A_VERB = r"(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bwould )(?<!\bthey )"
_LIKE = re.compile(rf"{_NOT_A_VERB}\b(?:like|similar to|in the style of)\s+(.+)$", re.IGNORECASE)
_SYNONYMS = {
    "Science Fiction": ("sci-fi", "scifi", "sci fi"),
    "Romance": ("romantic",),
    "Comedy": ("funny", "comedic"),
    "Animation": ("animated", "cartoon"),
    "Animated": ("animation", "cartoon"),
    "Documentary": ("docs",),
    "History": ("historical",),
    "Historical": ("history",),
    "Horror": ("scary",),
    "Family": ("kids", "children's"),
    "Biography": ("biographical", "biopic"),
    "Noir": ("film noir",),
    "Music": ("musical biography",),
}

FindTitle = Callable[[str], tuple[int, LikeTitle] | None]
"""A title of the catalogue, as its row and name, however it is spelled; None where there is none."""


@dataclass(frozen=True)
class ParsedQuery:
    """What the rules made of a query."""

    parsed: QueryParsed
    wanted: Constraints = field(default_factory=Constraints)
    like_row: int | None = None
    """The title whose own vector joins the query's: the one that "like" names, or that the whole query is."""
    named: bool = False
    """Whether that title itself is wanted, and not just what is like it."""

    def relaxed(self, query: str) -> "ParsedQuery":
        """The same query with nothing understood in it but "like": every word is searched."""
        parsed = QueryParsed(text=query, terms=query, like=self.parsed.like, relaxed=True)
        return ParsedQuery(parsed, like_row=self.like_row)


class QueryParser:
    """Parses queries against one catalogue's vocabularies and titles."""

    def __init__(self, genres: Sequence[str], platforms: Sequence[str], find_title: FindTitle) -> None:
        self._genres = genres
        self._platforms = platforms
        self._find_title = find_title
        self._genre_by_word = {word: name for name in genres for word in _genre_words(name)}
        self._platform_by_word = {word: name for name in platforms for word in _platform_words(name)}
        genre = _alternatives(self._genre_by_word)
        platform = _alternatives(self._platform_by_word)
        chain = rf"(?P<chain>{genre}(?:(?:\s*[/,&]\s*|\s+and\s+|\s+or\s+|\s+){genre})*)"
        self._genre_word = re.compile(genre, re.IGNORECASE)
        # A chain of genres names what is wanted before a medium, before what it is about, or as the whole query.
        self._genre_chain = re.compile(rf"(?<![\w-]){chain}(?:\s+{_MEDIUM}\b|(?=\s+{_FOLLOWER}\b))", re.IGNORECASE)
        self._whole = re.compile(rf"^\W*(?:{_MODIFIER}\s+)*{chain}\W*$", re.IGNORECASE)
        self._platform = re.compile(
            rf"\b(?:on|from|at)\s+(?P<named>{platform})(?!\w)|^(?P<leading>{platform})\s+(?={genre}|{_MEDIUM}\b)",
            re.IGNORECASE,
        )

    def parse(self, query: str) -> ParsedQuery:
        """Read a query; deterministic, and never an error."""
        if (title := self._find_title(query)) is not None:
            return ParsedQuery(QueryParsed(text=query, terms=query), like_row=title[0], named=True)
        rest, like = self._take_like(query)
        rest, years_wanted = years.take(rest)
        rest, platforms = self._take_platforms(rest)
        text = rest
        rest, genres = self._take_genres(rest)
        like_row, like_title = like or (None, None)
        wanted = Constraints(
            genres=tuple(codes_of([name], self._genres) for name in genres),
            platforms=(codes_of(platforms, self._platforms),) if platforms else (),
            years=years_wanted or (None, None),
        )
        understood = wanted.any or like_title is not None
        parsed = QueryParsed(
            text=_tidy(text) if understood else query,
            terms=_without_stop_words(_tidy(rest) if understood else query),
            genres=tuple(genres),
            platforms=tuple(platforms),
            year_range=years_wanted,
            like=like_title,
        )
        return ParsedQuery(parsed, wanted, like_row)

    def _take_like(self, query: str) -> tuple[str, tuple[int, LikeTitle] | None]:
        """The longest run of words after "like" that is a title; the words around it stay."""
        match = _LIKE.search(query)
        if match is None:
            return query, None
        words = match[1].split()
        for end in range(len(words), 0, -1):
            candidate = " ".join(words[:end])
            if (found := self._find_title(candidate)) is not None:
                return f"{query[: match.start()]} {' '.join(words[end:])}", found
        return query, None

    def _take_platforms(self, text: str) -> tuple[str, list[str]]:
        platforms: list[str] = []

        def taken(match: re.Match[str]) -> str:
            name = self._platform_by_word[_plain(match["named"] or match["leading"])]
            if name not in platforms:
                platforms.append(name)
            return " "

        return (self._platform.sub(taken, text), platforms) if self._platforms else (text, platforms)

    def _take_genres(self, text: str) -> tuple[str, list[str]]:
        genres: list[str] = []
        if not self._genres:
            return text, genres

        def taken(match: re.Match[str]) -> str:
            for word in self._genre_word.findall(match["chain"]):
                name = self._genre_by_word[_plain(word)]
                if name not in genres:
                    genres.append(name)
            return " "

        pattern = self._whole if self._whole.match(text) else self._genre_chain
        return pattern.sub(taken, text), genres


def _genre_words(name: str) -> list[str]:
    plain = name.casefold()
    plural = plain[:-1] + "ies" if plain.endswith("y") else plain + "s"
    return [plain, *([] if plain == "war" else [plural]), *_SYNONYMS.get(name, ())]  # "wars" is in titles, not a wish


def _platform_words(name: str) -> list[str]:
    plain = name.casefold()
    return list(dict.fromkeys([plain, plain.replace("+", " plus"), plain.replace("+", "")]))


def _alternatives(words: dict[str, str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first) + ")"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold())


_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about an and are as at be by for from he her his in into is it its of on or she so that the their them they
        this to was when where which who whose will with""",
    )
)
_SYNTAX = re.compile(r"""["':()\[\]{}^~*+\\/]|\B-|\b(?:AND|OR|NOT|IN|TO)\b""")


def _without_stop_words(terms: str) -> str:
    """Leave out words that say nothing, unless they are all there is, or the terms are written in query syntax."""
    if _SYNTAX.search(terms):
        return terms
    return " ".join(word for word in terms.split() if word.casefold() not in _STOP_WORDS) or terms


def _tidy(text: str) -> str:
    """Drop what only joined the understood parts to the rest, unless nothing else is there."""
    spaced = re.sub(r"\s+", " ", text).strip(" ,;")
    return re.sub(r"\s+", " ", _EDGES.sub("", spaced)).strip(" ,;")
