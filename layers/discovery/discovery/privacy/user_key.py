"""The secret key of user hashes (`privacy/hashing.py`): from the settings, or from a parameter of Parameter Store.

The init phase reads the parameter on a thread while it opens the catalogue, and waits for it for a second at most. With
SnapStart the key is then in the snapshot. Where reading fails, searches go on without personalization, and a search
that needs the key starts another reading on a thread, at most every ten seconds.
"""

from discovery.errors import UserKeyUnavailable
from discovery.privacy.secret import Secret


class UserKey(Secret):
    """Holds the key once it has been read."""

    _metric = "UserKeyUnavailable"
    _name = "user key"

    def at_hand(self) -> bytes:
        """The key, without waiting for it; empty where the settings name none.

        Raises:
            UserKeyUnavailable: it is not known yet; another reading has been started if that is due.
        """
        if self._known is None:
            self.prefetch()
            raise UserKeyUnavailable
        return self._known

    def required(self) -> bytes:
        """The key; where it is not known yet, reads it and waits.

        Raises:
            UserKeyUnavailable: it could not be read.
        """
        if self._known is None:
            self._fetch()
        if self._known is None:
            raise UserKeyUnavailable
        return self._known


def fixed_key(key: bytes) -> UserKey:
    """A key that is known from the start."""
    return UserKey(str, known=key)
