"""Reading a catalogue's genres and platforms in a query."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from discovery.retrieval.filters import Names, names
from discovery.retrieval.understanding.wording import FOLLOWER, MEDIUM, MODIFIER, alternatives, plain

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
}
_AUDIENCE = re.compile(
    r"\s*\b(?:for (?:the (?:whole )?|all the )?(?:kids?|children|family|families|toddlers)|family[- ]friendly)\b",
    re.IGNORECASE,
)
_FAMILY = "Family"
_NO_PLURAL = frozenset({"war", "history", "family"})
"""Their plurals are words of titles and not wishes: "Star Wars"."""
_EITHER = re.compile(r"\s+or\s+|\s*/\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """What was read: the names in their order, and the groups of names of which each asks for any one."""

    names: tuple[str, ...] = ()
    groups: tuple[Names, ...] = ()


class GenreReader:
    """Reads genres where they name what is wanted: before a medium, before what it is about, or as the whole query."""

    def __init__(self, genres: Sequence[str]) -> None:
        self._genres = genres
        self._by_word = {word: name for name in genres for word in _genre_words(name)}
        genre = alternatives(self._by_word)
        chain = rf"(?P<chain>{genre}(?:(?>\s*[/,&]\s*|\s+and\s+|\s+or\s+|\s+){genre})*+)"
        self._word = re.compile(genre, re.IGNORECASE)
        self._anywhere = re.compile(rf"(?<![\w-]){genre}(?![\w-])", re.IGNORECASE)
        self._leading = re.compile(rf"(?<![\w-]){chain}(?:\s+{MEDIUM}\b|(?=\s+{FOLLOWER}\s+\w))", re.IGNORECASE)
        self._whole = re.compile(rf"^\W*+(?:{MODIFIER}\s+)*+{chain}\W*$", re.IGNORECASE)

    @property
    def words(self) -> Sequence[str]:
        """All words for genres."""
        return list(self._by_word)

    def audience(self, text: str) -> str:
        """A text with "for kids" and its likes as the genre that is meant, before the rest, if the catalogue has it."""
        if _FAMILY not in self._genres or not _AUDIENCE.search(text):
            return text
        return f"{_FAMILY.lower()} {_AUDIENCE.sub('', text).strip()}"

    def named(self, text: str) -> frozenset[str]:
        """The genres that a text has the word of, whether or not they are what is wanted."""
        if not self._genres:
            return frozenset()
        return frozenset(self._by_word[plain(word)] for word in self._anywhere.findall(text))

    def take(self, text: str) -> tuple[str, Found]:
        """Take the genres out of a text. "romantic comedies" asks for both, "horror or comedy" for either."""
        if not self._genres:
            return text, Found()
        read: dict[str, None] = {}
        groups: list[Names] = []

        def taken(match: re.Match[str]) -> str:
            chain = [self._by_word[plain(word)] for word in self._word.findall(match["chain"])]
            read.update(dict.fromkeys(chain))
            if _EITHER.search(match["chain"]):
                groups.append(names(chain))
            else:
                groups.extend(names([name]) for name in chain)
            return " "

        pattern = self._whole if self._whole.match(text) else self._leading
        rest = pattern.sub(taken, text)
        return rest, Found(tuple(read), tuple(dict.fromkeys(groups)))


class PlatformReader:
    """Reads platforms after "on" or "from", or leading what is wanted ("Netflix comedies")."""

    def __init__(self, platforms: Sequence[str], genres: Sequence[str]) -> None:
        self._platforms = platforms
        self._by_word = {word: name for name in platforms for word in _platform_words(name)}
        platform = alternatives(self._by_word)
        genre = alternatives(word for name in genres for word in _genre_words(name))
        listed = rf"{platform}(?!\w)(?:(?>\s*[/,&]\s*|\s+and\s+|\s+or\s+){platform}(?!\w))*+"
        wanted = rf"{genre}|{MEDIUM}" if genres else MEDIUM
        self._word = re.compile(platform, re.IGNORECASE)
        self._named = re.compile(
            rf"\b(?:on|from|at)\s+(?P<named>{listed})|^(?P<leading>{platform})\s+(?=(?:{wanted})\b)", re.IGNORECASE
        )

    def take(self, text: str) -> tuple[str, Found]:
        """Take the platforms out of a text; several ask for any of them."""
        if not self._platforms:
            return text, Found()
        read: dict[str, None] = {}

        def taken(match: re.Match[str]) -> str:
            words = self._word.findall(match["named"] or match["leading"])
            read.update(dict.fromkeys(self._by_word[plain(word)] for word in words))
            return " "

        rest = self._named.sub(taken, text)
        return rest, Found(tuple(read), (names(read),) if read else ())


def _genre_words(name: str) -> list[str]:
    singular = [name.casefold(), *_SYNONYMS.get(name, ())]
    return list(dict.fromkeys([*singular, *_plurals(singular)]))


def _plurals(words: Iterable[str]) -> list[str]:
    return [word[:-1] + "ies" if word.endswith("y") else word + "s" for word in words if word not in _NO_PLURAL]


def _platform_words(name: str) -> list[str]:
    plain_name = name.casefold()
    return list(dict.fromkeys([plain_name, plain_name.replace("+", " plus"), plain_name.replace("+", "")]))
