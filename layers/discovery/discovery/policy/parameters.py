"""Parameter Store: where the policy is kept.

Importing boto3 takes 260 ms, and most environments never need it, so it is imported at first use.
"""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from discovery.errors import PolicyUnavailable
from discovery.policy.parser import CACHE_GENERATION
from discovery.policy.policy import Parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_CONNECT_SECONDS, _READ_SECONDS = 1, 3
_one_at_a_time = threading.Lock()
"""boto3's session, of which clients are made, is not safe to use from several threads; two secrets are read on two."""


class PolicyParameters:
    """The parameters under one prefix; names are relative to it. All methods raise `PolicyUnavailable`."""

    def __init__(self, client: Callable[[], "SSMClient"], prefix: str) -> None:
        """Take a function that makes the client, called at first use."""
        self._client = functools.cache(client)
        self.prefix = prefix

    def read(self) -> dict[str, Parameter]:
        """All parameters by name, however many pages they take."""
        with asking_parameter_store():
            pages = self._client().get_paginator("get_parameters_by_path").paginate(Path=self.prefix, Recursive=True)
            return {
                found["Name"].removeprefix(self.prefix): Parameter(
                    found["Value"], found["Version"], found["LastModifiedDate"].timestamp()
                )
                for page in pages
                for found in page["Parameters"]
            }

    def write(self, name: str, value: str) -> None:
        """Set a parameter, whatever it was."""
        with asking_parameter_store():
            self._client().put_parameter(Name=f"{self.prefix}{name}", Value=value, Type="String", Overwrite=True)

    def cache_generation(self) -> int:
        """The generation of cached scores, which is 0 where there is none or one that is no number."""
        current = self.read().get(CACHE_GENERATION, Parameter("")).value.strip()
        return int(current) if current.isdecimal() else 0

    def raise_cache_generation(self) -> int:
        """Store and return the next generation."""
        generation = self.cache_generation() + 1
        self.write(CACHE_GENERATION, str(generation))
        return generation


def read_secret(client: Callable[[], "SSMClient"], name: str) -> str:
    """A parameter's decrypted value; `/aws/reference/secretsmanager/{name}` is a secret of Secrets Manager.

    Raises:
        PolicyUnavailable: Parameter Store did not answer, or has nothing under the name.
    """
    with asking_parameter_store():
        value = client().get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    if not value:
        raise PolicyUnavailable(f"{name} is empty")
    return value


def ssm_client() -> "SSMClient":
    """An SSM client with short timeouts, from the ordinary credential chain."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    with _one_at_a_time:
        return boto3.client("ssm", config=config)


@contextlib.contextmanager
def asking_parameter_store() -> Iterator[None]:
    """Turn what boto3 raises in the block into `PolicyUnavailable`."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise PolicyUnavailable(str(error)) from error
