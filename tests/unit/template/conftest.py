"""What the tests of the template share: the stacks that it makes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import Resources, deployed, load_template, transformed

ROOT = Path(__file__).parents[3]
REQUIRED = {
    "Stage": "prod",
    "SonaUrl": "https://sona.example.com",
    "SonaCidr": "10.20.0.0/16",
    "TokenIssuer": "https://id.example.com",
    "TokenAudience": "search",
    "TokenJwks": '{"keys": []}',
}
EVERYTHING = {
    "ReachesInternet": "true",
    "S3PrefixListId": "pl-63a5400a",
    "SonaSecurityGroupId": "sg-11111111",
    "CatalogueLocation": "s3://films/live",
    "MakeCatalogueBucket": "true",
    "DeleteParameters": "true",
    "DomainName": "search.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "AllowedOrigins": "https://tv.example.com,https://example.com",
    "SonaAccountId": "210987654321",
    "SonaTokenSecret": "sona/discovery-token",
    "AlarmEmail": "oncall@example.com",
}
OWN_SONA = {
    "DeploySona": "true",
    "SonaUrl": "",
    "SonaCidr": "",
    "SonaModelLocation": "s3://films/sona",
    "LatticePrefixListId": "pl-0bbbbbbb",
}
EDGE = {
    "EdgeProtection": "required",
    "EdgeWebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/discovery-prod/1",
    "EdgeCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/2",
}
YOURS = {
    "VpcId": "vpc-1",
    "SubnetIds": "subnet-1,subnet-2",
    "VpcCidr": "10.0.0.0/16",
    "CacheUrl": "rediss://cache.example.com:6380/0",
    "CacheSecurityGroupId": "sg-22222222",
    "CachePort": "6380",
}

Stack = Callable[..., Resources]
"""The resources by name that a deployment with these parameters has."""


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """The template as it is written."""
    return load_template(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def as_transformed() -> dict[str, Any]:
    return transformed(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def stack(as_transformed: dict[str, Any]) -> Stack:
    def make(**values: str) -> Resources:
        return deployed(as_transformed, REQUIRED | values)

    return make


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and properties of the resources of a type."""
    return ((name, one.get("Properties", {})) for name, one in resources.items() if one["Type"] == kind)


def variables(resources: Resources, function: str) -> dict[str, str]:
    """A function's environment."""
    found: dict[str, str] = resources[function]["Properties"]["Environment"]["Variables"]
    return found
