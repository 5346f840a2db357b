"""Telling SONA what the queue holds: an update of one person a message.

SONA takes an update twice and in any order, so that a message that is delivered again changes nothing. One that fails
is left in the queue, which tries again and then puts it among the dead letters; it keeps no other one waiting.
"""

import asyncio
from collections.abc import Mapping

import httpx
from pydantic import ValidationError

from discovery.errors import SonaUnavailable
from discovery.observability import logger, metrics
from discovery.sona.contract import UPDATE_PATH, UpdateRequest
from discovery.sona.http import JsonPoster


class Profiles:
    """Tells SONA of updates."""

    def __init__(self, http: JsonPoster) -> None:
        self._http = http

    async def tell(self, messages: Mapping[str, str]) -> list[str]:
        """Tell of all messages, by their ids, at once; returns the ids of those that SONA did not take."""
        taken = await asyncio.gather(*(self._told(message) for message in messages.values()))
        return [message_id for message_id, is_taken in zip(messages, taken, strict=True) if not is_taken]

    async def _told(self, message: str) -> bool:
        try:
            update = UpdateRequest.model_validate_json(message)
        except ValidationError as error:
            return _refused("it is no update", error.error_count())
        try:
            answer = await self._http.post(UPDATE_PATH, update)
        except SonaUnavailable as error:
            return _failed(str(error))
        if answer.status == httpx.codes.OK:
            metrics.count("ProfileUpdated")
            return True
        if httpx.codes.is_client_error(answer.status) and answer.status != httpx.codes.TOO_MANY_REQUESTS:
            return _refused("SONA refuses it", answer.status)
        return _failed(f"status {answer.status}")


def _refused(reason: str, detail: int) -> bool:
    """Count a message that will never be taken; nothing of it is logged, since it names a person."""
    metrics.count("ProfileMessageRefused")
    logger.error("message refused", reason=reason, detail=detail)
    return False


def _failed(reason: str) -> bool:
    metrics.count("ProfileUpdateFailed")
    logger.warning("profile not updated", reason=reason)
    return False
