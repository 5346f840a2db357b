"""The operator: edits a weight with boto3, as any program would."""

import asyncio
import time
from typing import TYPE_CHECKING, Self

import boto3

from discovery.policy.parameters import PolicyParameters
from discovery.policy.parser import BOOST_WEIGHT, parse_policy
from discovery.policy.policy import Parameter, Policy
from local.stack.credentials import CREDENTIALS, REGION

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class Editor:
    """Edits the default weight of a stage, and knows which policy must come of it."""

    def __init__(self, endpoint_url: str, stage: str) -> None:
        self._ssm: SSMClient = boto3.client(
            "ssm",
            endpoint_url=endpoint_url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        self._parameters = PolicyParameters(lambda: self._ssm, f"/discovery/{stage}/personalization/")

    async def version_with(self, weight: str) -> str:
        """The version of the policy as it is, but with this default weight."""
        parameters = await asyncio.to_thread(self._parameters.read)
        edited = {**parameters, BOOST_WEIGHT: Parameter(weight)}
        return parse_policy(edited, Policy(boost_weight=0.0), 0.0).version

    async def edit(self, weight: str) -> float:
        """Set the default weight; returns when the API had answered, on `time.perf_counter`."""
        return await asyncio.to_thread(self._put, weight)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ssm.close()

    def _put(self, weight: str) -> float:
        name = f"{self._parameters.prefix}{BOOST_WEIGHT}"
        self._ssm.put_parameter(Name=name, Value=weight, Type="String", Overwrite=True)
        return time.perf_counter()
