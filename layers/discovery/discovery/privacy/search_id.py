"""A search's id, which proves itself: that we gave it out, when, and to whom, without anything being stored.

    4 bytes   Unix seconds, big-endian
    6 bytes   random
    6 bytes   the first of HMAC-SHA-256(user key, "search-id" ‖ those ten ‖ keyed user hash, empty for nobody)

Written as 32 hexadecimal digits. 48 bits of proof: whoever guesses has one chance in 2.8 · 10¹⁴ a try, and a guess that
holds only joins the guesser's own events to a search that nobody made (docs/adr/0035).
"""

import hashlib
import hmac
import os
import re
import uuid

_LABEL = b"search-id"
"""Keeps these proofs apart from user hashes, which are made with the same key."""
_SECONDS, _RANDOM, _PROOF = 4, 6, 6
"""Bytes."""
_FORM = re.compile(r"[0-9a-f]{32}")


def mint(key: bytes, user: str | None, now: float) -> str:
    """A new id for a search of a user (keyed hash), None for nobody in particular; `now` is Unix seconds.

    Where there is no key yet, it is a random one, which proves nothing.
    """
    if not key:
        return uuid.uuid4().hex
    issued = int(now).to_bytes(_SECONDS, "big") + os.urandom(_RANDOM)
    return (issued + _proof(key, issued, user)).hex()


def verify(key: bytes, user: str | None, search_id: str) -> int | None:
    """When an id was given to this user (keyed hash), None for nobody in particular, in Unix seconds.

    None where it was not: it is another user's, or made up.
    """
    if not key or not _FORM.fullmatch(search_id):
        return None
    told = bytes.fromhex(search_id)
    issued, proof = told[: _SECONDS + _RANDOM], told[_SECONDS + _RANDOM :]
    if not hmac.compare_digest(proof, _proof(key, issued, user)):
        return None
    return int.from_bytes(issued[:_SECONDS], "big")


def _proof(key: bytes, issued: bytes, user: str | None) -> bytes:
    return hmac.digest(key, _LABEL + issued + (user or "").encode(), hashlib.sha256)[:_PROOF]
