"""What people type on their way to a name."""

import math
from collections.abc import Sequence


def unfinished(name: str, share: float) -> str:
    """The first letters of a name; this share of them, rounded up."""
    return name[: math.ceil(share * len(name))]


def misspelled(text: str) -> str:
    """With two letters inside a word swapped, those nearest to the middle that differ; as it is if there are none."""
    for place in sorted(range(1, len(text) - 1), key=lambda place: abs(place - len(text) // 2)):
        first, second = text[place], text[place + 1]
        if text[place - 1 : place + 2].isalnum() and first != second:
            return text[:place] + second + first + text[place + 2 :]
    return text


def on_the_way(names: Sequence[str], *, most: int) -> list[str]:
    """A beginning of each name: of the first one letter, of the second two, and after `most` letters one again."""
    return [name[: 1 + place % min(most, len(name))] for place, name in enumerate(names)]
