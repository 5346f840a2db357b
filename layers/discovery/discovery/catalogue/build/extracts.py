"""Reading facts in the first lines of an encyclopedia's article on a film: who directed it, and where it was made.

Only what a sentence of the usual form states is read. An article that says it otherwise has no such fact here.
"""

import re

from discovery.catalogue.nations import COUNTRY_OF, LANGUAGES

_CAPITAL = "[A-ZÀ-ÞŁŠŽČ]"
_PARTICLE = r"(?:de la|de|del|della|di|da|dos|du|la|le|van der|van den|van|von|der|den|ter|al|el|bin|ben|af|y)"
_WORD = rf"(?![JS]r\b)(?:(?:{_CAPITAL}\.)+|St\.|{_CAPITAL}[\w’'-]*|\"{_CAPITAL}\w+\"|'{_CAPITAL}\w+')"
_NAME = re.compile(rf"{_WORD}(?: (?:{_PARTICLE} )?{_WORD})+(?: [JS]r\.)?")
_SIBLINGS = re.compile(rf"(?P<elder>{_CAPITAL}\w+) and (?P<younger>{_CAPITAL}\w+) (?P<family>{_CAPITAL}\w+)")
_DIRECTED = re.compile(r"\bdirected(?:(?:,| and|, and| &) (?:[a-z-]+))* by (?:and starring )?")
_NEXT = re.compile(r"(?:, and |, | and | & )(?:co-directed by )?")
_JUNIOR = re.compile(r", (?=[JS]r\.)")
_KIND = r"(?:film|movie|cartoon|short|serial|documentary|comedy|drama|musical|western|thriller|animation|anthology)"
_DEFINITION = re.compile(rf"\b(?:is|was) (?:a|an|the) (?P<kind>[^.;:]*?)\b{_KIND}\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+")
_IN_LANGUAGE = re.compile(r"\b([A-Z][a-z]+)[- ]language\b")
_POSSESSIVES = ("'s", "’s")
_MOST_NAMES = 6


def directors(text: str) -> list[str]:
    """The full names after the first "directed by", or after "written and directed by" and its likes."""
    text = _JUNIOR.sub(" ", text)
    match = _DIRECTED.search(text)
    if match is None:
        return []
    place = match.end()
    if siblings := _SIBLINGS.match(text, place):
        return [f"{first} {siblings['family']}" for first in siblings.group("elder", "younger")]
    names: list[str] = []
    while len(names) < _MOST_NAMES and (name := _NAME.match(text, place)):
        if name[0].endswith(_POSSESSIVES):  # "by Mary Smith's husband"
            break
        names.append(name[0])
        following = _NEXT.match(text, name.end())
        if following is None:
            break
        place = following.end()
    return list(dict.fromkeys(names))


def countries(text: str) -> list[str]:
    """The countries that the definition names: "is a 1999 British-American drama film"."""
    match = _DEFINITION.search(text)
    words = _TOKEN.findall(match["kind"]) if match else []
    named = (COUNTRY_OF[word.casefold()] for word in words if word[0].isupper() and word.casefold() in COUNTRY_OF)
    return list(dict.fromkeys(named))


def languages(text: str) -> list[str]:
    """The languages in "Spanish-language" and its likes."""
    return list(dict.fromkeys(name for name in _IN_LANGUAGE.findall(text) if name.casefold() in LANGUAGES))
