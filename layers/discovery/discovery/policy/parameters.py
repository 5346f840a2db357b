"""Parameter Store: where the policy is kept.

boto3 takes 260 ms to import, and most environments never need it; so that is done at first use.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from discovery.errors import PolicyUnavailable
from discovery.policy.parser import CACHE_GENERATION
from discovery.policy.policy import Parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_CONNECT_SECONDS, _READ_SECONDS = 1, 3


class PolicyParameters:
    """The parameters under one prefix."""

    def __init__(self, client: Callable[[], "SSMClient"], prefix: str) -> None:
        """Take a function that makes the client, called at first use."""
        self._make_client = client
        self._client: SSMClient | None = None
        self.prefix = prefix

    def read(self) -> dict[str, Parameter]:
        """All parameters by name relative to the prefix, however many pages they take.

        Raises:
            PolicyUnavailable: Parameter Store did not answer.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            pages = self._ssm().get_paginator("get_parameters_by_path").paginate(Path=self.prefix, Recursive=True)
            return {
                found["Name"].removeprefix(self.prefix): Parameter(
                    found["Value"], found["Version"], found["LastModifiedDate"].timestamp()
                )
                for page in pages
                for found in page["Parameters"]
            }
        except (BotoCoreError, ClientError) as error:
            raise PolicyUnavailable(str(error)) from error

    def raise_cache_generation(self, current: int) -> int:
        """Store and return the generation after the current one.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        generation = current + 1
        name = f"{self.prefix}{CACHE_GENERATION}"
        try:
            self._ssm().put_parameter(Name=name, Value=str(generation), Type="String", Overwrite=True)
        except (BotoCoreError, ClientError) as error:
            raise PolicyUnavailable(str(error)) from error
        return generation

    def _ssm(self) -> "SSMClient":
        if self._client is None:
            self._client = self._make_client()
        return self._client


def read_secret(client: Callable[[], "SSMClient"], name: str) -> str:
    """A parameter's decrypted value; `/aws/reference/secretsmanager/{name}` is a secret of Secrets Manager.

    Raises:
        PolicyUnavailable: Parameter Store did not answer, or has nothing under the name.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        value = client().get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except (BotoCoreError, ClientError) as error:
        raise PolicyUnavailable(str(error)) from error
    if not value:
        raise PolicyUnavailable(f"{name} is empty")
    return value


def ssm_client() -> "SSMClient":
    """An SSM client with short timeouts, from the ordinary credential chain."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    return boto3.client("ssm", config=config)
