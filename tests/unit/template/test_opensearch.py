"""The catalogue in OpenSearch: a domain that is made, or one that is given."""

from typing import Any

import pytest

from tests.unit.template.conftest import OWN_SONA, Stack, of_type, variables

MADE = {"RetrievalEngine": "opensearch"}
GIVEN = MADE | {
    "OpenSearchUrl": "https://vpc-films.eu-west-1.es.amazonaws.com",
    "OpenSearchArn": "arn:aws:es:eu-west-1:123456789012:domain/films",
    "OpenSearchSecurityGroupId": "sg-33333333",
}
OF_THE_DOMAIN = {"OpenSearchRed", "OpenSearchFull", "OpenSearchMemory"}


def statement(resources: dict[str, Any], role: str) -> dict[str, Any]:
    """What a role may ask of OpenSearch."""
    (policy,) = resources[role]["Properties"]["Policies"]
    (found,) = (one for one in policy["PolicyDocument"]["Statement"] if one.get("Sid") == "SearchTheCatalogue")
    return dict(found)


def test_with_a_bundle_nothing_of_it_is_deployed(stack: Stack) -> None:
    resources = stack()

    assert not [name for name in resources if "OpenSearch" in name]
    assert variables(resources, "SearchFunction")["DISCOVERY_RETRIEVAL_ENGINE"] == "bundle"
    assert "OpenSearch" not in str(resources["FunctionsGroup"])


@pytest.mark.parametrize(
    ("values", "domain"),
    [
        (MADE, ("https://<OpenSearch.DomainEndpoint>", "<OpenSearchGroup>", "<OpenSearch.Arn>")),
        (GIVEN, (GIVEN["OpenSearchUrl"], GIVEN["OpenSearchSecurityGroupId"], GIVEN["OpenSearchArn"])),
    ],
    ids=["made", "given"],
)
@pytest.mark.parametrize("function", ["Search", "Events"])
def test_functions_ask_it_over_https_by_their_role(
    values: dict[str, str], domain: tuple[str, str, str], function: str, stack: Stack
) -> None:
    url, group, arn = domain
    resources = stack(**values)
    told = variables(resources, f"{function}Function")

    assert told["DISCOVERY_RETRIEVAL_ENGINE"] == "opensearch"
    assert (told["DISCOVERY_OPENSEARCH_URL"], told["DISCOVERY_OPENSEARCH_SERVICE"]) == (url, "es")
    allowed = statement(resources, f"{function}Role")
    assert allowed["Action"] == ["es:ESHttpGet", "es:ESHttpPost"]
    assert {one.removeprefix(arn).partition("*")[0] for one in allowed["Resource"]} == {
        "/discovery-catalogue",
        "/_alias/discovery-catalogue",
        "/_msearch",
    }
    (rule,) = (
        one
        for one in resources["FunctionsGroup"]["Properties"]["SecurityGroupEgress"]
        if one.get("Description") == "OpenSearch"
    )
    assert (rule["DestinationSecurityGroupId"], rule["FromPort"], rule["ToPort"]) == (group, 443, 443)


def test_a_domain_that_is_made_is_private_and_encrypted_in_two_zones(stack: Stack) -> None:
    resources = stack(**MADE)
    domain = resources["OpenSearch"]["Properties"]

    assert (
        len(domain["VPCOptions"]["SubnetIds"])
        == domain["ClusterConfig"]["ZoneAwarenessConfig"]["AvailabilityZoneCount"]
    )
    assert domain["VPCOptions"]["SecurityGroupIds"] == ["<OpenSearchGroup>"]
    assert domain["EncryptionAtRestOptions"] == domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    (incoming,) = (
        one for _, one in of_type(resources, "AWS::EC2::SecurityGroupIngress") if one["GroupId"] == "<OpenSearchGroup>"
    )
    assert incoming["SourceSecurityGroupId"] == "<FunctionsGroup>"


def test_functions_have_the_embedding_model_of_a_layer(stack: Stack) -> None:
    resources = stack(**MADE)

    for function in ("SearchFunction", "EventsFunction"):
        assert "<CatalogueLayer" in str(resources[function]["Properties"]["Layers"])


@pytest.mark.parametrize(
    ("values", "alarms"),
    [({}, set()), (GIVEN, {"OpenSearchUnanswered"}), (MADE, {"OpenSearchUnanswered"} | OF_THE_DOMAIN)],
    ids=["bundle", "given", "made"],
)
def test_alarms_are_those_of_what_there_is_and_on_the_dashboard(
    values: dict[str, str], alarms: set[str], stack: Stack
) -> None:
    resources = stack(**OWN_SONA, **values)
    found = {name for name, _ in of_type(resources, "AWS::CloudWatch::Alarm") if name.startswith("OpenSearch")}

    assert found == alarms
    body = resources["Dashboard"]["Properties"]["DashboardBody"]
    assert {name for name in OF_THE_DOMAIN | {"OpenSearchUnanswered"} if f"<{name}.Arn>" in body} == alarms


def test_a_versions_configuration_tells_where_it_searches(stack: Stack) -> None:
    made_of = [str(stack(**values)["Configuration"]["Properties"]["MadeOf"]) for values in ({}, MADE, GIVEN)]

    assert len(set(made_of)) == len(made_of)
