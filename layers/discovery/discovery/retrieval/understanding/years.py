"""Years in a query: "90s", "before 1980", "2010 to 2015", "in 1994". A bare number stays a word: it may be a title."""

import re

YearRange = tuple[int | None, int | None]

_YEAR = r"((?:18|19|20)\d\d)"
_FROM_TO = re.compile(
    rf"\b(?:(?:from|between|of|in)\s+)?{_YEAR}\s*(?:to|and|until|till|through|-|–|—)\s*{_YEAR}\b", re.IGNORECASE
)
_WORDS = r"(before|until|till|up to|after|since|from|in|of)"
_BOUND = re.compile(
    rf"\b(?:(?:made|released|filmed|shot)\s+)?{_WORDS}\s+(?:the year\s+)?{_YEAR}(\s+on(?:wards?)?)?\b(?!['’]?s)",
    re.IGNORECASE,
)
_TEN_YEARS = r"(?<!\w)['’]?((?:18|19|20)?\d0)['’]?s(?:['’]|\b)"
_DECADE = re.compile(rf"(?:\b{_WORDS}\s+)?(?:the\s+)?(?:\b(early|mid|late)[\s-]+)?{_TEN_YEARS}", re.IGNORECASE)
_DECADES = re.compile(
    rf"\b(?:(?:from|between|of|in)\s+)?(?:the\s+)?{_TEN_YEARS}\s*(?:to|and|or|until|through|/|,|-|–|—)\s*(?:the\s+)?{_TEN_YEARS}",
    re.IGNORECASE,
)
_PART = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_OLDEST_TWO_DIGIT = 30
"""Two digits from here on are of the 1900s; below, of the 2000s ("30s" is 1930s, "20s" is 2020s)."""


def take(text: str) -> tuple[str, YearRange | None]:
    """Take the first expression for years out of a text; what is left, and the inclusive range."""
    for pattern, read in _EXPRESSIONS:
        if match := pattern.search(text):
            return f"{text[: match.start()]} {text[match.end() :]}", read(match)
    return text, None


def _read_range(match: re.Match[str]) -> YearRange:
    first, last = sorted((int(match[1]), int(match[2])))
    return first, last


def _read_bound(match: re.Match[str]) -> YearRange:
    word, year, onwards = match[1].lower(), int(match[2]), match[3]
    if onwards:
        return year, None
    return _open_range(word, year, year) or (year, year)


def _read_decade(match: re.Match[str]) -> YearRange:
    start = _decade(match[3])
    if opened := _open_range((match[1] or "").lower(), start, start + 9):
        return opened
    first, last = _PART.get((match[2] or "").lower(), (0, 9))
    return start + first, start + last


def _read_decades(match: re.Match[str]) -> YearRange:
    first, last = sorted((_decade(match[1]), _decade(match[2])))
    return first, last + 9


def _decade(digits: str) -> int:
    """First year of a decade: 1990 for "90" and for "1990"."""
    start = int(digits)
    if len(digits) == len("90"):
        start += 1900 if start >= _OLDEST_TWO_DIGIT else 2000
    return start


def _open_range(word: str, first: int, last: int) -> YearRange | None:
    match word:
        case "before":
            return None, first - 1
        case "until" | "till" | "up to":
            return None, last
        case "after":
            return last + 1, None
        case "since":
            return first, None
        case _:
            return None


_EXPRESSIONS = (
    (_FROM_TO, _read_range),
    (_DECADES, _read_decades),
    (_DECADE, _read_decade),
    (_BOUND, _read_bound),
)
"""What each expression is read by; the more specific one first."""
