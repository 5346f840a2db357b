"""What stands for a person wherever something is kept or said about them."""

import hashlib
import hmac


def user_hash(user_id: str, key: bytes) -> str:
    """What stands for a user in keys, logs and metrics: HMAC-SHA-256 of the id, the first 128 bits in hexadecimal."""
    return hmac.new(key, user_id.encode(), hashlib.sha256).hexdigest()[:32]
