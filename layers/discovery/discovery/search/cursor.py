"""Which list of results a page is of, so that the pages that follow can be of the same one, or say that they are not.

A list is the order of the reranking window, and behind it the order of the catalogue. So the catalogue's id and a hash
of the window's ids in their order stand for all that a page depends on: catalogue, policy, experiment, scores, query.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from discovery.api.search_responses import CursorExpired
from discovery.personalization.result import Personalized

_SEPARATOR = "~"
_HASH_DIGITS = 16


@dataclass(frozen=True)
class Cursor:
    """A list of results."""

    catalogue: str
    order: str
    """Hash of the window's content ids in their order."""

    @classmethod
    def of(cls, catalogue: str, personalized: Personalized) -> Self:
        """The list that a search found."""
        ids = personalized.candidates.content_ids
        order = "\n".join(ids[place] for place in personalized.order)  # no id has white space
        return cls(catalogue, hashlib.sha256(order.encode()).hexdigest()[:_HASH_DIGITS])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The list that a validated text stands for."""
        catalogue, _, order = text.rpartition(_SEPARATOR)
        return cls(catalogue, order)

    def __str__(self) -> str:
        return f"{self.catalogue}{_SEPARATOR}{self.order}"

    def expired(self, asked: Self | None) -> CursorExpired | None:
        """Why this is another list than the one that was asked for; None where it is the same, or none was."""
        if asked is None or asked == self:
            return None
        return "order" if asked.catalogue == self.catalogue else "catalogue"
