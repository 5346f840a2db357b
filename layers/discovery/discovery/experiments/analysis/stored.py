"""Analyses that are kept in the lake, `{lake}/analyses/{name}.json`, the last one of each experiment."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from discovery.errors import LakeUnavailable
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = ("NoSuchKey", "404")


class StoredAnalyses:
    """Reads and writes them."""

    def __init__(self, client: "Callable[[], S3Client]", lake: S3Prefix) -> None:
        """Take a function that makes the client, called when it is used."""
        self._client = client
        self._lake = lake

    def read(self, experiment: str) -> str | None:
        """The last analysis, as it was written; None where there is none.

        Raises:
            LakeUnavailable: S3 did not answer, or refused to.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

        try:
            found = self._client().get_object(Bucket=self._lake.bucket, Key=self._key(experiment))
            return found["Body"].read().decode()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise LakeUnavailable(f"{self._lake}: {error}") from error
        except BotoCoreError as error:
            raise LakeUnavailable(f"{self._lake}: {error}") from error

    def write(self, experiment: str, document: str) -> None:
        """Keep an analysis in place of the last one.

        Raises:
            LakeUnavailable: S3 did not take it.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

        try:
            self._client().put_object(
                Bucket=self._lake.bucket,
                Key=self._key(experiment),
                Body=document.encode(),
                ContentType="application/json",
            )
        except (BotoCoreError, ClientError) as error:
            raise LakeUnavailable(f"{self._lake}: {error}") from error

    def _key(self, experiment: str) -> str:
        return self._lake.key(f"analyses/{quote(experiment, safe='')}.json")
