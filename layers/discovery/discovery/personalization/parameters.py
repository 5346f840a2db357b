"""Parameter Store: where the policy is kept.

Powertools' parameters import boto3, 260 ms that most environments never need; so they are imported at first use.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from discovery.errors import PolicyUnavailable
from discovery.personalization.policy import CACHE_GENERATION

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider
    from mypy_boto3_ssm import SSMClient

_CONNECT_SECONDS, _READ_SECONDS = 1, 3


class PolicyParameters:
    """The parameters under one prefix."""

    def __init__(self, client: Callable[[], "SSMClient"], prefix: str) -> None:
        """Take a function that makes the client, called at first use."""
        self._client = client
        self._prefix = prefix
        self._provider: SSMProvider | None = None

    def read(self) -> dict[str, str]:
        """All parameters by name relative to the prefix, however many pages they take.

        Raises:
            PolicyUnavailable: Parameter Store did not answer.
        """
        from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415

        try:
            parameters = self._ssm().get_multiple(self._prefix, recursive=True, force_fetch=True)
        except GetParameterError as error:
            raise PolicyUnavailable(str(error)) from error
        return {name: str(value) for name, value in parameters.items()}

    def raise_cache_generation(self, current: int) -> int:
        """Store and return the generation after the current one.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
        """
        from aws_lambda_powertools.utilities.parameters.exceptions import SetParameterError  # noqa: PLC0415

        generation = current + 1
        try:
            self._ssm().set(f"{self._prefix}{CACHE_GENERATION}", str(generation), overwrite=True)
        except SetParameterError as error:
            raise PolicyUnavailable(str(error)) from error
        return generation

    def _ssm(self) -> "SSMProvider":
        if self._provider is None:
            from aws_lambda_powertools.utilities.parameters import SSMProvider  # noqa: PLC0415

            self._provider = SSMProvider(boto3_client=self._client())
        return self._provider


def ssm_client() -> "SSMClient":
    """An SSM client with short timeouts, from the ordinary credential chain."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    return boto3.client("ssm", config=config)
