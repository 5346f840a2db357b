"""What the engine needs of a store; `tests/unit/engine/store_contract.py` is what every store must do."""

from collections.abc import Iterator
from typing import Protocol

from sona.profile import Profile


class ProfileStore(Protocol):
    """Keeps profiles by the keyed hash of a user id. All methods may be called from several threads at once."""

    def read(self, user: str) -> Profile:
        """Return the profile; `NOBODY` where there is none.

        Raises:
            StoreUnavailable: the store can't be asked.
        """

    def write(self, user: str, profile: Profile) -> bool:
        """Keep a profile if the one before is of the version before it; otherwise keep nothing and return False.

        Raises:
            StoreUnavailable: the store can't be asked; whether the profile was kept is unknown.
        """

    def erase(self, user: str) -> bool:
        """Forget a person; whether there was anything to forget.

        Raises:
            StoreUnavailable: the store can't be asked.
        """

    def everybody(self) -> Iterator[tuple[str, Profile]]:
        """All profiles, in no particular order, to learn from; not a snapshot.

        Raises:
            StoreUnavailable: the store can't be asked.
        """
