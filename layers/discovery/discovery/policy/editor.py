"""The policy's parameters as an operator needs them: with authors and history, and to be written."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from discovery.errors import PolicyUnavailable
from discovery.policy.parameters import PolicyParameters
from discovery.policy.policy import Parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ChangedMeanwhile(Exception):
    """A parameter is no longer what it was when it was read."""


@dataclass(frozen=True)
class Version:
    """One of the versions that Parameter Store keeps of a parameter: the last hundred."""

    version: int
    value: str
    modified_at: float
    """Unix seconds."""
    modified_by: str
    """ARN, or empty where Parameter Store does not say."""
    labels: tuple[str, ...]


class ParameterStore:
    """The parameters under one prefix; names are relative to it. All methods raise `PolicyUnavailable`."""

    def __init__(self, client: Callable[[], "SSMClient"], prefix: str) -> None:
        """Take a function that makes the client, called at first use: not every command comes to that."""
        self._client = functools.cache(client)
        self._parameters = PolicyParameters(self._client, prefix)
        self.prefix = prefix

    def read(self) -> dict[str, Parameter]:
        """All parameters, as the service reads them."""
        return self._parameters.read()

    def authors(self) -> dict[str, str]:
        """Who set each parameter last (an ARN)."""
        filters = [{"Key": "Path", "Option": "Recursive", "Values": [self.prefix.rstrip("/")]}]
        with _answers():
            pages = self._client().get_paginator("describe_parameters").paginate(ParameterFilters=filters)  # type: ignore[arg-type]
            return {
                found["Name"].removeprefix(self.prefix): found.get("LastModifiedUser", "")
                for page in pages
                for found in page["Parameters"]
            }

    def history(self, name: str) -> list[Version]:
        """A parameter's versions, the current one first; none where there is no such parameter."""
        with _answers():
            pages = self._client().get_paginator("get_parameter_history").paginate(Name=self._full(name))
            try:
                found = [one for page in pages for one in page["Parameters"]]
            except self._client().exceptions.ParameterNotFound:
                return []
        versions = [
            Version(
                one["Version"],
                one["Value"],
                one["LastModifiedDate"].timestamp(),
                one.get("LastModifiedUser", ""),
                tuple(one.get("Labels", ())),
            )
            for one in found
        ]
        return sorted(versions, key=lambda version: version.version, reverse=True)

    def write(self, name: str, value: str, replaces: Parameter | None) -> int:
        """Set a parameter that was read as `replaces`, None where there was none; returns the new version.

        Parameter Store has no compare-and-set but for what does not exist yet: between the comparison here and the
        writing another edit can still slip in, and then the returned version is not the next one.

        Raises:
            ChangedMeanwhile: it is another one by now.
        """
        self._expect(name, replaces)
        with _answers():
            try:
                if replaces is not None:
                    answer = self._client().put_parameter(Name=self._full(name), Value=value, Overwrite=True)
                else:
                    answer = self._client().put_parameter(Name=self._full(name), Value=value, Type="String")
            except self._client().exceptions.ParameterAlreadyExists:
                raise ChangedMeanwhile(name) from None
        return answer["Version"]

    def remove(self, name: str, replaces: Parameter) -> None:
        """Delete a parameter that was read as `replaces`, its history with it.

        Raises:
            ChangedMeanwhile: it is another one by now.
        """
        self._expect(name, replaces)
        with _answers():
            self._client().delete_parameter(Name=self._full(name))

    def _expect(self, name: str, expected: Parameter | None) -> None:
        current = self.read().get(name)
        # The time too: versions start anew where a parameter was deleted and created.
        if (current and (current.version, current.modified_at)) != (
            expected and (expected.version, expected.modified_at)
        ):
            raise ChangedMeanwhile(name)

    def _full(self, name: str) -> str:
        return f"{self.prefix}{name}"


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise PolicyUnavailable(str(error)) from error
