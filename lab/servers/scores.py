"""The scores of the lab's SONAs: a checksum, so whoever knows user, content and profile version knows the right one."""

import zlib
from typing import Any

from discovery.sona.contract import COMPONENTS


def score_of(user_id: str, content_id: str, version: int = 0) -> float:
    """The one right score, in [0, 1]: the same at every call, another for every user and version of the profile."""
    return round(zlib.crc32(f"{user_id}/{content_id}/{version}".encode()) / 2**32, 6)


def scored(user_id: str, content_id: str, version: int = 0) -> dict[str, Any]:
    """A content's score as the contract has it, components included."""
    score = score_of(user_id, content_id, version)
    return {"content_id": content_id, "score": score, "components": dict.fromkeys(COMPONENTS, score)}


def wrong_scores(body: dict[str, Any], user_id: str, version: int = 0) -> int:
    """How many explained scores of a search's response are not those of this user's profile in this version."""
    explained = [(result["content"]["id"], result["explanation"]) for result in body.get("results", ())]
    return sum(
        explanation["raw_score"] != score_of(user_id, content_id, version)
        for content_id, explanation in explained
        if explanation.get("score_source") in ("live", "cache")
    )
