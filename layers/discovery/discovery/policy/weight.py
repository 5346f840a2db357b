"""What a weight may be. Pure."""

import re

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""Narrower than float(), which also takes "nan", "0.2_5" and digits of other scripts."""


def parse_weight(text: str) -> float:
    """Read a weight.

    Raises:
        ValueError: not a number in [0, 1]; the message is the reason.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    weight = float(text)
    if not 0 <= weight <= 1:
        raise ValueError("not in [0, 1]")
    return weight
