"""What a catalogue can suggest while somebody types: its titles, people, genres and keywords, each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from discovery.catalogue.content import Content
from discovery.catalogue.title_key import ARTICLES, title_key

Kind = Literal["title", "person", "genre", "keyword"]
KINDS: tuple[Kind, ...] = ("title", "person", "genre", "keyword")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name that may be meant."""

    kind: Kind
    text: str
    content_id: str = ""
    """A title's; nothing else has one."""
    release_year: int | None = None
    aliases: tuple[str, ...] = ()
    """A title's other names, by which it is found too."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which it is found."""
        return (self.text, *self.aliases)


def title_suggestion(content: Content) -> Suggestion:
    """A content's title."""
    return Suggestion("title", content.title, content.id, content.release_year, content.aliases)


def suggestions_of(contents: Iterable[Content]) -> dict[Kind, list[Suggestion]]:
    """By kind, the best first: titles by popularity, people by that of their titles together, the rest by frequency.

    Of equals the shorter name is first. Contents are gone through once.
    """
    gathered = Gathered(contents)
    return {"title": [title for _, title in gathered.titles], **gathered.names}


class Gathered:
    """What contents can suggest, as `suggestions_of` has it."""

    def __init__(self, contents: Iterable[Content]) -> None:
        titles: list[tuple[float, int, str, str, int, Suggestion]] = []
        named: dict[Kind, _Names] = {"person": _Names(), "genre": _Names(), "keyword": _Names()}
        for row, content in enumerate(contents):
            popularity = content.popularity_score or 0.0
            if title_key(content.title):
                title = title_suggestion(content)
                titles.append((-popularity, len(title.text), title.text, title.content_id, row, title))
            named["person"].add(content.cast + content.directors, popularity)
            named["genre"].add(content.genres, 1.0)
            named["keyword"].add(content.keywords, 1.0)
        titles.sort(key=itemgetter(0, 1, 2, 3))
        self.titles = [(row, title) for *_, row, title in titles]
        """With the place of each among the contents."""
        self.names = {kind: names.suggestions(kind) for kind, names in named.items()}


class _Names:
    """Names that contents have, in their most frequent spelling.

    An article alone is a slip of the source, and would come first for all who type one.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._weights: dict[str, float] = {}

    def add(self, names: Sequence[str], weight: float) -> None:
        """The names that one content has, and what it adds to each."""
        for name in {title_key(name): name for name in names}.values():
            self._counts[name] = self._counts.get(name, 0) + 1
            self._weights[name] = self._weights.get(name, 0.0) + weight

    def suggestions(self, kind: Kind) -> list[Suggestion]:
        """The best first."""
        best: dict[str, tuple[float, int, int, str]] = {}
        for name, count in self._counts.items():
            weight, total, most, text = best.get(key := title_key(name), (0.0, 0, 0, name))
            more = (count, name) if count > most else (most, text)
            best[key] = (weight + self._weights[name], total + count, *more)
        ordered = sorted(
            (-weight, -total, len(key), key, text)
            for key, (weight, total, _, text) in best.items()
            if key and key not in ARTICLES
        )
        return [Suggestion(kind, text) for *_, text in ordered]
