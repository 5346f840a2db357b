"""What CloudFormation refuses before it makes anything."""

import re
from typing import Any

import pytest

from local.cloudformation import refused
from tests.unit.template.conftest import EDGE, EVERYTHING, OWN_SONA, REQUIRED, YOURS


@pytest.mark.parametrize(
    "values",
    [{}, EVERYTHING, EVERYTHING | EDGE, YOURS, OWN_SONA],
    ids=["least", "everything", "edge", "yours", "our own SONA"],
)
def test_what_fits_together_is_accepted(values: dict[str, str], written: dict[str, Any]) -> None:
    assert refused(written, REQUIRED | values) == []


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"DomainName": "search.example.com"}, "CertificateArn"),
        ({"EdgeProtection": "optional"}, "EdgeWebAclArn"),
        (EVERYTHING | EDGE | {"EdgeCertificateArn": ""}, "EdgeCertificateArn"),
        ({"VpcId": "vpc-1"}, "SubnetIds"),
        ({"SubnetIds": "subnet-1,subnet-2"}, "VpcId"),
        ({"SonaUrl": ""}, "SonaUrl"),
        (OWN_SONA | {"SonaModelLocation": ""}, "SonaModelLocation"),
        (OWN_SONA | {"LatticePrefixListId": ""}, "LatticePrefixListId"),
        ({"SonaCidr": ""}, "SonaSecurityGroupId"),
        *(
            (OWN_SONA | {name: value}, "not both")
            for name, value in [
                ("SonaUrl", "https://sona.example.com"),
                ("SonaTokenSecret", "sona/discovery-token"),
                ("SonaSecurityGroupId", "sg-11111111"),
                ("SonaCidr", "10.20.0.0/16"),
                ("SonaAccountId", "210987654321"),
                ("SonaPrincipalArn", "arn:aws:iam::123456789012:role/sona"),
            ]
        ),
        ({"TokenJwks": ""}, "ReachesInternet=true"),
        ({"CacheUrl": "rediss://cache.example.com"}, "CacheSecurityGroupId"),
        ({"CatalogueLocation": "s3://films/live"}, "S3PrefixListId"),
        (EVERYTHING | {"CatalogueLayerArn": "arn:layer"}, "not both"),
        ({"AlarmTopicArn": "arn:topic", "AlarmEmail": "a@example.com"}, "not both"),
        (YOURS | {"MakeEndpoints": "true", "CatalogueLocation": "s3://a/b", "S3PrefixListId": "pl-1"}, "RouteTableIds"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-",
)
def test_what_could_not_work_is_refused_by_what_is_missing(
    values: dict[str, str], names: str, written: dict[str, Any]
) -> None:
    (reason,) = refused(written, REQUIRED | values)
    assert names in reason


@pytest.mark.parametrize(
    ("name", "taken", "not_taken"),
    [
        ("Stage", ["dev", "prod-eu", "pr7"], ["prod-", "a--b", "-a", "7a", "Prod"]),
        (
            "AllowedOrigins",
            ["", "*", "https://a.example,http://localhost:3000"],
            ["https://a/", "https://a, https://b"],
        ),
        (
            "CacheUrl",
            ["", "rediss://user:s3cret@cache:6380/0", "valkeys://cache", "redis://cache:6379", "valkey://cache"],
            ["redis://:s3cret@cache", "valkey://user:s3cret@cache", "http://cache", "rediss://", "redis://a b"],
        ),
        ("SonaTokenSecret", ["", "sona/discovery-token"], ["arn:aws:secretsmanager:us-east-1:1:secret:a", "a b"]),
        (
            "EdgeWebAclArn",
            ["", EDGE["EdgeWebAclArn"]],
            [EDGE["EdgeWebAclArn"].replace(*changed) for changed in (("us-east", "eu-west"), ("global", "regional"))],
        ),
        ("EdgeCertificateArn", ["", EDGE["EdgeCertificateArn"]], ["arn:aws:acm:eu-west-1:123456789012:certificate/1"]),
        (
            "SonaPrincipalArn",
            ["", "arn:aws:iam::123456789012:role/sona/events"],
            ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/*", "sona"],
        ),
        ("Zones", ["", "us-east-1b,us-east-1c"], ["us-east-1b", "us-east-1b, us-east-1c"]),
    ],
)
def test_a_value_that_a_service_would_refuse_later_is_refused_at_once(
    name: str, taken: list[str], not_taken: list[str], written: dict[str, Any]
) -> None:
    pattern = written["Parameters"][name]["AllowedPattern"]
    assert [value for value in [*taken, *not_taken] if re.fullmatch(pattern, value)] == taken


def test_the_internet_is_a_way_to_sona_to_the_issuer_and_to_the_catalogue(written: dict[str, Any]) -> None:
    values = {"SonaCidr": "", "TokenJwks": "", "CatalogueLocation": "s3://films/live", "ReachesInternet": "true"}
    assert refused(written, REQUIRED | values) == []
