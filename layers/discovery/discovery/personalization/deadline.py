"""The deadline of personalization: it cancels what is waited for when it strikes, and lets no exception out."""

import asyncio
from collections.abc import Awaitable, Callable

from discovery.observability import logger, metrics
from discovery.reason import Reason


async def in_time(
    gathering: Awaitable[Reason | None], timeout_sec: float, *, complete: Callable[[], bool]
) -> Reason | None:
    """Await what gathers scores, until the deadline; why some are missing, or None.

    `complete` says whether every score is there: at the deadline it then was the write-back that was late, and the
    person need not care about that.
    """
    try:
        async with asyncio.timeout(timeout_sec):
            return await gathering
    except TimeoutError:
        metrics.count("DeadlineReached")
        return None if complete() else Reason.TIMEOUT
    except Exception as error:  # noqa: BLE001 - personalization may improve an answer and never break it
        metrics.defect("PersonalizationBroken")
        logger.exception("personalization failed", reason=type(error).__name__)
        return Reason.INTERNAL_ERROR
