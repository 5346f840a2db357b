"""Words that a query is made of besides its subject, and the cleaning of what is left when parts are taken out."""

import re
from collections.abc import Iterable

MEDIUM = r"(?:films?|movies?|series|shows?|flicks?|titles|pictures|something|anything|stuff|one)"
"""What is being looked for, of whatever kind."""
WISH = r"show me|find me|i want|something|anything"
MODIFIER = rf"(?:{WISH}|a|an|the|some|any|good|great|best|top|classic|old|new|recent|popular|more)"
"""What may stand before it without saying what it is about."""
FOLLOWER = (
    r"(?:about|with|without|set|where|in which|starring|featuring|like|similar|on|from|before|after|since|between)"
)
"""What begins the saying of what it is about."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JOINING = _words(
    """a about after an and any anything are before best between but by classic featuring film films find
        flick flicks for from good great i in is like me more movie movies new of old on one or pictures
        popular recent series set show shows similar since some something starring stuff that the titles top
        want where which with without"""
)
_FRAMING = _words(
    """about all directed featuring film films flick flicks give list lists me movie movies series set show shows
        starring titles"""
)
_ASKING = re.compile(
    r"^(?:(?:in|from|on)\s+)?(?:(?:give|show|find|tell) me|list|name|which|what|who)\b(?:\s+\S+){3}", re.IGNORECASE
)
_ASKED_WITH = _FRAMING | _words(
    """a any are category created did do does find from had has have in is made name of produced tell television the
        that tv was were what which who whom written"""
)
"""What a sentence says it with."""
STOP_WORDS = _words(
    """a about an and are as at be by for from he her his in into is it its of on or she so that the their them they
        this to was when where which who whose will with"""
)
_SYNTAX = re.compile(r"""["':()\[\]{}^~*+\\/]|\B-|\b(?:AND|OR|NOT|IN|TO)\b""")
_OUTER = " \t,;.!?'’\"&/-"


def alternatives(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest that fits, without second thoughts.

    Atomic, as every repetition around it is possessive: a query must not be able to make matching exponential.
    """
    longest_first = sorted(words, key=len, reverse=True)
    return "(?>" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first) + ")"


def plain(text: str) -> str:
    """Without case, and with single spaces."""
    return re.sub(r"\s+", " ", text.casefold())


def tidy(text: str) -> str:
    """Drop, from both ends, what only joined the understood parts to the rest."""
    words = text.split()
    start, end = 0, len(words)
    while start < end and _joins(words[start]):
        start += 1
    while end > start and _joins(words[end - 1]):
        end -= 1
    return " ".join(words[start:end]).strip(" ,;")


def is_sentence(query: str) -> bool:
    """Whether a query is a whole sentence that asks: "Which films were produced by …?"."""
    return _ASKING.match(query) is not None


def without_framing(text: str, *, sentence: bool = False) -> str:
    """Leave out words that only say that something is looked for, unless they are all there is, or are query syntax.

    `sentence`: whether the text is of a query that `is_sentence`.
    """
    if _SYNTAX.search(text):
        return text
    framing = _ASKED_WITH if sentence else _FRAMING
    return " ".join(word for word in text.split() if word.strip(_OUTER).casefold() not in framing).rstrip(".?!") or text


def without_stop_words(terms: str) -> str:
    """Leave out words that say nothing, unless they are all there is, or the terms are written in query syntax."""
    if _SYNTAX.search(terms):
        return terms
    return " ".join(word for word in terms.split() if word.casefold() not in STOP_WORDS) or terms


def _joins(word: str) -> bool:
    bare = word.strip(_OUTER).casefold()
    return bare in _JOINING or (not bare and not _SYNTAX.search(word))
