"""Answers that clients and the edge may keep: for five minutes, and then by asking whether they are still the same."""

import hashlib

CACHE_CONTROL = "public, max-age=300"


def strong_etag(body: str) -> str:
    """The tag of a body; each encoding has one of its own (RFC 9110, section 8.8.3.3)."""
    return f'"{hashlib.sha256(body.encode()).hexdigest()}"'


def is_kept(if_none_match: str | None, etag: str) -> bool:
    """Whether a client has what the tag stands for already; weak tags count too (RFC 9110, section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in tags or tags == ["*"]
