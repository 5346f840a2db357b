"""Forms of a title or a name in which two spellings are equal."""

import re
import unicodedata

_ARTICLES = ("the", "a", "an")


def folded(text: str) -> str:
    """Without case, accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", text.casefold()))
    return "".join(character for character in plain if not unicodedata.combining(character))


def title_key(title: str) -> str:
    """The words alone: no case, accents, punctuation or leading article."""
    words = re.findall(r"[^\W_]+", folded(title))
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def surface(title: str) -> str:
    """A title as people type it, but for case and outer white space."""
    return " ".join(title.casefold().split())
