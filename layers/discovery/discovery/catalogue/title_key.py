"""Forms of a title or a name in which two spellings are equal."""

import re
import unicodedata
from collections.abc import Sequence

ARTICLES = ("the", "a", "an")
SHORTEST_EDITED = 4
"""Letters of a title, a word or a beginning that may be misspelled; of shorter ones too many are one edit apart."""

_APOSTROPHES = re.compile("['’]")
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Without case, accents and apostrophes."""
    plain = _APOSTROPHES.sub("", text.casefold())
    if plain.isascii():  # nothing to fold; half the time
        return plain
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(character for character in plain if not unicodedata.combining(character))


def words_of(text: str) -> list[str]:
    """The words alone: no case, accents or punctuation."""
    return _WORD.findall(folded(text))


def title_key(title: str) -> str:
    """The words alone, without a leading article."""
    return title_key_of(words_of(title))


def title_key_of(words: Sequence[str]) -> str:
    """The key of a title of these `words_of` it."""
    return " ".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def name_key(name: str) -> str:
    """The `title_key` of a name, and of one without words the name case-folded."""
    return title_key(name) or name.casefold()


def surface(title: str) -> str:
    """A title as people type it, but for case and outer white space."""
    return " ".join(title.casefold().split())
