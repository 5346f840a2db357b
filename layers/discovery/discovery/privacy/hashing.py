"""The names under which anything is stored or logged about a person."""

import hashlib
import hmac


def user_hash(user_id: str, key: bytes) -> str:
    """A user's name in keys, logs and metrics: the first 128 bits, in hexadecimal, of the id's HMAC-SHA-256."""
    return hmac.new(key, user_id.encode(), hashlib.sha256).hexdigest()[:32]


def client_hash(client_id: str, key: bytes) -> str:
    """The same for a client that nobody is signed in at, under a key of its own: no client is ever a user."""
    return user_hash(client_id, hmac.digest(key, b"client-id", hashlib.sha256))
