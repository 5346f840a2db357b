"""What a catalogue can suggest while somebody types: its titles, people, genres and keywords, each once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from discovery.catalogue.content import Content
from discovery.catalogue.title_key import ARTICLES, title_key

Kind = Literal["title", "person", "genre", "keyword"]
KINDS: tuple[Kind, ...] = ("title", "person", "genre", "keyword")


@dataclass(frozen=True)
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


def suggestions_of(contents: Sequence[Content]) -> dict[Kind, list[Suggestion]]:
    """By kind, the best first: titles by popularity, people by that of their titles together, the rest by frequency.

    Of equals the shorter name is first.
    """
    return {
        "title": _titles(contents),
        "person": _names("person", ((c.cast + c.directors, c.popularity_score or 0.0) for c in contents)),
        "genre": _names("genre", ((c.genres, 1.0) for c in contents)),
        "keyword": _names("keyword", ((c.keywords, 1.0) for c in contents)),
    }


def _titles(contents: Sequence[Content]) -> list[Suggestion]:
    ordered = sorted(contents, key=lambda c: (-(c.popularity_score or 0.0), len(c.title), c.title, c.id))
    return [Suggestion("title", c.title, c.id, c.release_year, c.aliases) for c in ordered if title_key(c.title)]


def _names(kind: Kind, contents: Iterable[tuple[Sequence[str], float]]) -> list[Suggestion]:
    """The names that contents have, in their most frequent spelling; `contents` are names and what each adds.

    An article alone is a slip of the source, and would come first for all who type one.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for names, weight in contents:
        for key, name in {title_key(name): name for name in names}.items():
            weights[key] += weight
            spellings[key][name] += 1
    ordered = sorted(
        (-weights[key], -found.total(), len(key), key, found.most_common(1)[0][0])
        for key, found in spellings.items()
        if key and key not in ARTICLES
    )
    return [Suggestion(kind, text) for *_, text in ordered]
