"""What a program of this room hands back to the command line."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """The text for the page, and what was promised and not kept."""

    markdown: str
    failures: Sequence[str]
