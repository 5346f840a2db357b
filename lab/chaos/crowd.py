"""Who searches: half are people whose scores are cached by and by, half are people never seen before."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from lab.environments.invocation import QUERIES
from local.stack.issuer import Issuer

_REGULARS = 20


@dataclass(frozen=True)
class Search:
    """A search to be made."""

    due: float
    """Seconds from the load's beginning."""
    query: str
    user: str
    token: str


class Crowd:
    """Signs people in ahead of the load, since a signature takes about a millisecond."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._regulars = [self._signed_in(f"regular-{number}") for number in range(_REGULARS)]
        self._turns = itertools.count()

    def searches(self, moments: Sequence[float]) -> list[Search]:
        """A search for each moment, in turn of a regular and of a stranger."""
        return [self._search(moment, next(self._turns)) for moment in moments]

    def stranger(self) -> Search:
        """A search, now, of a person never seen before."""
        return self._search(0.0, 2 * next(self._turns) + 1)

    def _search(self, due: float, turn: int) -> Search:
        is_stranger = turn % 2
        user, token = self._signed_in(f"stranger-{turn}") if is_stranger else self._regulars[turn // 2 % _REGULARS]
        return Search(due, QUERIES[turn // 2 % len(QUERIES)], user, token)

    def _signed_in(self, user: str) -> tuple[str, str]:
        return user, self._issuer.sign(user)
