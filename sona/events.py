"""Tells EventBridge that a user's profile changed."""

import asyncio
import json
import logging
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

SOURCE = "sona"
DETAIL_TYPE = "UserPreferencesUpdated"
_REGION = "eu-west-1"


class Announcer:
    """Emits `UserPreferencesUpdated` with EventBridge's PutEvents."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._pending: set[asyncio.Task[None]] = set()

    def announce(self, user_id: str, profile_version: int) -> None:
        """Emit in the background.

        It is called once the profile is updated, so that a receiver of the event reads the new scores. Nobody waits for
        it: a slow event bus must not slow viewing down.
        """
        task = asyncio.create_task(asyncio.to_thread(self._put, user_id, profile_version))
        self._pending.add(task)  # a task that nothing refers to may be garbage-collected
        task.add_done_callback(self._pending.discard)

    async def drain(self) -> None:
        """Wait for the events that are on their way."""
        await asyncio.gather(*self._pending)

    def _put(self, user_id: str, profile_version: int) -> None:
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps({"user_id": user_id, "profile_version": profile_version}),
            "EventBusName": "default",
        }
        try:
            answer = self._client.put_events(Entries=[entry])
        except (BotoCoreError, ClientError) as error:
            logger.error("%s was not emitted: %s", DETAIL_TYPE, error)  # noqa: TRY400 - a traceback would add nothing
            return
        if answer["FailedEntryCount"]:  # PutEvents answers 200 even where it refused every entry
            refusal = answer["Entries"][0]
            logger.error("%s was refused: %s", DETAIL_TYPE, refusal.get("ErrorMessage", refusal))


def events_client(endpoint: str) -> Any:
    """A client of the EventBridge at an endpoint that checks no credentials."""
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"total_max_attempts": 3, "mode": "standard"},
        proxies={},  # else requests to 127.0.0.1 would go through a proxy of the shell's
    )
    return boto3.client(
        "events",
        region_name=_REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - it opens nothing
        config=config,
    )
