"""Reading where something is from in a query: countries, by their adjectives and names, and languages.

What is read is no constraint, since a word of a title may be misread: it only speaks for titles that fit. The rules are
cautious all the same. An adjective counts before what is wanted ("korean thriller", "french new wave films") and as the
whole query, a language after "in", and a country's name after "from" and "made in"; not "The Italian J".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from discovery.catalogue.nations import COUNTRY_OF, INDUSTRIES, LANGUAGES
from discovery.retrieval.understanding.wording import MEDIUM, MODIFIER, alternatives, plain

_PLACES = ("Hong Kong", "New Zealand", "South Africa")
"""Countries that are called by their names where others have an adjective."""
_COUNTRIES = {country.casefold(): country for country in (*COUNTRY_OF.values(), *_PLACES)}


@dataclass(frozen=True)
class Origins:
    """What was read, each once."""

    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What the index has of titles that fit: "french" of all that are from France or in French."""


def _languages_of(word: str) -> tuple[str, ...]:
    return (word.title(),) if word in LANGUAGES else ()


_ADJECTIVES = {
    **{word: Origins((country,), _languages_of(word), (word,)) for word, country in COUNTRY_OF.items()},
    **{word: Origins((), _languages_of(word), (word,)) for word in LANGUAGES - COUNTRY_OF.keys()},
    **{place.casefold(): Origins((place,), (), (place,)) for place in _PLACES},
    "south korean": Origins(("South Korea",), ("Korean",), ("korean",)),
}
_INDUSTRIES = {word: Origins((country,), (language,), (language,)) for word, (country, language) in INDUSTRIES.items()}
_ORIGIN = re.compile(
    r"(?<![\w-])(?:(?P<before>in|from|(?:made|shot|produced)\s+in)\s+)?"
    rf"(?P<word>{alternatives([*_ADJECTIVES, *_INDUSTRIES, *_COUNTRIES])})"
    r"(?P<spoken>[\s-]+(?:language|speaking))?(?![\w'’])",
    re.IGNORECASE,
)


class OriginReader:
    """Reads origins, beside what one catalogue's genres, or any medium, say is wanted."""

    def __init__(self, genre_words: Iterable[str]) -> None:
        wanted = alternatives([*genre_words, "anime", "cinema"])
        self._wanted = re.compile(rf"(?<!\w)(?:{wanted}|{MEDIUM})(?!\w)", re.IGNORECASE)
        self._nothing_but = re.compile(rf"\W*+(?:{MODIFIER}\s+)*+", re.IGNORECASE)

    def read(self, text: str) -> Origins:
        """The origins in a text; what is understood otherwise should not be in it any more."""
        found = list(_ORIGIN.finditer(text))
        if not found:
            return Origins()
        last_wanted = max((match.start() for match in self._wanted.finditer(text)), default=-1)
        read = [self._read(match, text, last_wanted) for match in found]
        return Origins(
            _distinct(one.countries for one in read),
            _distinct(one.languages for one in read),
            _distinct(one.words for one in read),
        )

    def _read(self, match: re.Match[str], text: str, last_wanted: int) -> Origins:
        word, before = plain(match["word"]), plain(match["before"] or "")
        if word in _INDUSTRIES:
            return _INDUSTRIES[word]
        adjective = _ADJECTIVES.get(word, Origins())
        if match["spoken"]:
            return _spoken(adjective)
        is_whole = match.end() == len(text.rstrip(" .!?")) and self._nothing_but.fullmatch(text, 0, match.start("word"))
        if match.end() <= last_wanted or is_whole:
            return adjective
        if before == "in":
            return _spoken(adjective)
        return Origins((_COUNTRIES[word],), (), (word,)) if before and word in _COUNTRIES else Origins()


def _spoken(adjective: Origins) -> Origins:
    return Origins((), adjective.languages, adjective.languages)


def _distinct(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))
