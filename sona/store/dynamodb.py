"""People in a DynamoDB table, an item each, which all engines of a deployment share.

An item is `{user: S, version: N, history: B, genres: [S], expires_at: N}`. The version makes writes conditional:
DynamoDB itself refuses one that has not seen the last, so two engines lose nothing of each other's.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from discovery.sona.changes import KEY
from sona.errors import StoreUnavailable
from sona.history import History
from sona.profile import NOBODY, Profile

RETENTION_SECONDS = 400 * 86_400
"""After the last update; who comes back at the same season each year is still known. DynamoDB deletes within a few days
of it ("Using time to live (TTL) in DynamoDB"), and until then a profile is as good as any."""
TIMEOUT_SECONDS = 0.02
"""To connect, and to be answered: DynamoDB takes single-digit milliseconds, and a score has 50 in all, in which a lost
answer leaves time for another attempt."""
_NO_ANSWER = (exceptions.ConnectionError, exceptions.HTTPClientError)
_SERVER_ERROR = 500

logger = logging.getLogger(__name__)


class DynamoStore:
    """Keeps profiles in a table (see `sona.store.table`)."""

    def __init__(self, client: Any, table: str, *, wall_clock: Callable[[], float] = time.time) -> None:
        """Take a client of DynamoDB, such as `dynamodb_client` makes."""
        self._client = client
        self._table = table
        self._now = wall_clock

    def read(self, user: str) -> Profile:
        """Return the profile; `NOBODY` where there is none. Sees every write before it, whoever wrote.

        Raises:
            StoreUnavailable: DynamoDB did not answer, or has a profile of another format.
        """
        item = self._ask(self._client.get_item, Key=_key(user), ConsistentRead=True).get("Item")
        if item is None:
            return NOBODY
        try:
            return _profile(item)
        except ValueError as error:
            raise StoreUnavailable(f"a profile can't be read: {error}") from error

    def write(self, user: str, profile: Profile) -> bool:
        """Keep a profile if the one before is of the version before it; otherwise keep nothing and return False.

        Raises:
            StoreUnavailable: DynamoDB did not answer; whether the profile was kept is unknown.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(version)"}
        if profile.version > 1:
            before = {":before": {"N": str(profile.version - 1)}}
            condition = {"ConditionExpression": "version = :before", "ExpressionAttributeValues": before}
        item = self._item(user, profile)
        try:
            self._ask(self._client.put_item, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition)
        except _ConditionFailed as failed:
            # A first attempt whose answer was lost leaves the very profile that the second one is refused for.
            return failed.stored == {**item, "expires_at": failed.stored.get("expires_at")}
        return True

    def erase(self, user: str) -> bool:
        """Forget a person; whether there was anything to forget, as far as the last attempt can tell.

        Raises:
            StoreUnavailable: DynamoDB did not answer.
        """
        return "Attributes" in self._ask(self._client.delete_item, Key=_key(user), ReturnValues="ALL_OLD")

    def everybody(self) -> Iterator[tuple[str, Profile]]:
        """All profiles, in no particular order, to learn from; not a snapshot. Those of another format are left out.

        Raises:
            StoreUnavailable: DynamoDB did not answer.
        """
        start: dict[str, Any] = {}
        left_out = 0
        while True:
            page = self._ask(self._client.scan, **start)
            for item in page["Items"]:
                try:
                    yield item[KEY]["S"], _profile(item)
                except ValueError:
                    left_out += 1
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        if left_out:
            logger.warning("%d profiles of another format were left out", left_out)

    def _item(self, user: str, profile: Profile) -> dict[str, Any]:
        return _key(user) | {
            "version": {"N": str(profile.version)},
            "history": {"B": profile.history.encode()},
            "genres": {"L": [{"S": genre} for genre in profile.genres]},
            "expires_at": {"N": str(int(self._now()) + RETENTION_SECONDS)},
        }

    def _ask(self, operation: Callable[..., Any], **fields: Any) -> Any:
        """What DynamoDB answers; asked once more, at once, where it did not answer or failed.

        botocore's own attempts have pauses between them that are as long as a score may take.
        """
        with _asking():
            try:
                return operation(TableName=self._table, **fields)
            except (*_NO_ANSWER, ClientError) as error:
                if isinstance(error, ClientError) and _status(error) < _SERVER_ERROR:
                    raise
                return operation(TableName=self._table, **fields)


def dynamodb_client(endpoint_url: str | None = None, *, timeout: float = TIMEOUT_SECONDS) -> Any:
    """A client of DynamoDB with the region, endpoint and credentials of the environment, which makes one attempt.

    `timeout` is in seconds, for connecting and for an answer. Of a session of its own: boto3's default one is not safe
    to use from several threads.
    """
    import boto3  # noqa: PLC0415 - takes a quarter of a second, for which those who keep nothing need not wait
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=timeout, read_timeout=timeout, retries={"total_max_attempts": 1}, tcp_keepalive=True
    )
    return boto3.session.Session().client("dynamodb", endpoint_url=endpoint_url, config=config)


class _ConditionFailed(Exception):
    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.stored = stored


@contextmanager
def _asking() -> Iterator[None]:
    """Turn what botocore raises in the block into an error that says what was wrong, and names nobody."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            stored: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # of this error alone
            raise _ConditionFailed(stored) from error
        raise StoreUnavailable(f"DynamoDB refused: {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"DynamoDB did not answer: {type(error).__name__}") from error


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _key(user: str) -> dict[str, Any]:
    return {KEY: {"S": user}}


def _profile(item: Mapping[str, Any]) -> Profile:
    """The profile of an item.

    Raises:
        ValueError: it is of another format.
    """
    try:
        genres = tuple(genre["S"] for genre in item["genres"]["L"])
        return Profile(int(item["version"]["N"]), History.decode(item["history"]["B"]), genres)
    except KeyError as error:
        raise ValueError("not a profile, or one of another format") from error
