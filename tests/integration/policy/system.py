"""The way of an edit inside a test's process: SSM API, its events, the invalidation function, search environments."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mypy_boto3_ssm import SSMClient

from discovery.api.auth import Caller
from discovery.api.personalization_responses import Personalization
from discovery.api.requests import SearchRequest
from discovery.composition.search import SearchService
from discovery.policy.parameters import PolicyParameters
from discovery.policy.parser import parse_policy
from discovery.policy.policy import Policy
from lab.propagation.meter import Meter
from local.stack.runtime_api import FunctionError
from tests.events import FakeContext

ANA = Caller("ana")
DEFAULT = Policy(boost_weight=0.25)
SOON = 10.0
"""Seconds after which something that must happen is taken for never."""
_PAUSE = 0.02

Handler = Callable[[dict[str, Any], Any], Any]


class Invalidation:
    """The invalidation function: an environment handles an event at a time; events are kept while it is unreachable."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._busy = asyncio.Lock()
        self.reachable = True
        self.kept: list[dict[str, Any]] = []
        self.handled = self.failures = 0

    async def invoke(self, event: Any) -> None:
        """As EventBridge invokes it."""
        if self.reachable:
            await self.handle(event)
        else:
            self.kept.append(event)

    async def handle(self, event: Any) -> None:
        """Handle an event, kept or not."""
        async with self._busy:
            try:
                await asyncio.to_thread(self._handler, event, FakeContext())
            except Exception as error:
                self.failures += 1
                raise FunctionError(type(error).__name__, str(error)) from error
            self.handled += 1

    async def until(self, *, handled: int = 0, failures: int = 0) -> None:
        """Wait until it has handled so many events, and failed at so many.

        Raises:
            TimeoutError: it does not come to that.
        """
        async with asyncio.timeout(SOON):
            while self.handled < handled or self.failures < failures:  # noqa: ASYNC110 - counted in the function's way
                await asyncio.sleep(_PAUSE)


@dataclass(frozen=True)
class System:
    """Everything, and the operator's hands on it."""

    ssm: SSMClient
    """The operator's client: its edits send events, and its calls are not counted."""
    prefix: str
    meter: Meter
    invalidation: Invalidation
    environments: Sequence[SearchService]

    async def put(self, name: str, value: str) -> None:
        """Set a parameter, named relative to the prefix."""
        full = f"{self.prefix}{name}"
        await asyncio.to_thread(self.ssm.put_parameter, Name=full, Value=value, Type="String", Overwrite=True)

    async def delete(self, name: str) -> None:
        """Delete a parameter."""
        await asyncio.to_thread(self.ssm.delete_parameter, Name=f"{self.prefix}{name}")

    async def held(self) -> str:
        """The version of the policy that Parameter Store holds."""
        parameters = await asyncio.to_thread(PolicyParameters(lambda: self.ssm, self.prefix).read)
        return parse_policy(parameters, DEFAULT, 0.0).version

    async def search(self, variant: str | None = None) -> list[Personalization]:
        """What each environment says of a personalized search."""
        request = SearchRequest(query="space", experiment_variant=variant)
        answers = [await asyncio.to_thread(service.search, request, ANA) for service in self.environments]
        return [answer.personalization for answer in answers]

    async def search_until_seen(self, variant: str | None = None) -> list[Personalization]:
        """Search until every environment answers with the policy that Parameter Store holds.

        Raises:
            TimeoutError: they do not.
        """
        version = await self.held()
        async with asyncio.timeout(SOON):
            while True:
                blocks = await self.search(variant)
                if {block.policy_version for block in blocks} == {version}:
                    return blocks
                await asyncio.sleep(_PAUSE)
