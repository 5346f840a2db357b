"""Who sends events, and by which names they are known afterwards."""

from dataclasses import dataclass
from typing import Self

from discovery.api.auth import Caller
from discovery.api.event_responses import Refusal
from discovery.privacy.hashing import client_hash, user_hash


@dataclass(frozen=True)
class Sender:
    """The caller of one batch."""

    key: bytes
    """Of user hashes."""
    user_id: str | None
    user: str | None
    """Keyed hash of the user id; None where nobody is signed in."""
    not_kept: Refusal | None
    """Why nothing of what they do is to be kept; None where it may be."""

    @classmethod
    def of(cls, caller: Caller, key: bytes, *, anonymous: bool) -> Self:
        """A caller; `anonymous`: whether events are kept of whoever is not signed in."""
        user = None if caller.user_id is None else user_hash(caller.user_id, key)
        return cls(key, caller.user_id, user, _refusal(caller, anonymous=anonymous))

    def client(self, client_id: str) -> str | None:
        """Keyed hash of a client's id; None where the person is signed in, since it is they who count then."""
        return None if self.user is not None else client_hash(client_id, self.key)


def _refusal(caller: Caller, *, anonymous: bool) -> Refusal | None:
    if caller.opted_out:
        return Refusal.OPTED_OUT
    if caller.refuses:
        return Refusal.PRIVACY_CONTROL
    return Refusal.ANONYMOUS_NOT_KEPT if caller.user_id is None and not anonymous else None
