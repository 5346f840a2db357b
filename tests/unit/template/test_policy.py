"""The policy that a first deployment creates, against the code's defaults."""

import pytest

from discovery.policy.parser import parse_policy
from discovery.policy.policy import Parameter, Policy
from discovery.settings.personalization import PersonalizationSettings
from local.stack.deployment import read_deployment
from tests.unit.template.conftest import ROOT, Stack

VARIANTS = {"control": 0.0, "low_boost": 0.15, "medium_boost": 0.25, "high_boost": 0.40, "aggressive_boost": 0.60}


@pytest.fixture(scope="module")
def policy() -> dict[str, str]:
    """Value by name below the policy's prefix."""
    deployment = read_deployment(ROOT / "template.yaml", stage="dev")
    return {one.name.removeprefix("/discovery/dev/personalization/"): one.value for one in deployment.parameters}


def test_the_default_weight_is_the_codes_default(policy: dict[str, str]) -> None:
    assert float(policy["boost_weight"]) == PersonalizationSettings().boost_weight


def test_the_variants_have_the_designs_weights(policy: dict[str, str]) -> None:
    variants = {
        name.removeprefix("variants/"): float(value) for name, value in policy.items() if name.startswith("variants/")
    }
    assert variants == VARIANTS


def test_the_policy_starts_enabled_without_experiment_at_generation_one(policy: dict[str, str]) -> None:
    assert (policy["enabled"], policy["experiment"], policy["cache_generation"]) == ("true", "{}", "1")
    assert policy["holdout"] == "0"


def test_the_code_takes_it_as_it_is(policy: dict[str, str]) -> None:
    parameters = {name: Parameter(value) for name, value in policy.items()}
    assert parse_policy(parameters, Policy(boost_weight=0.1), 0.0).boost_weight == 0.2


def test_it_is_created_by_the_deployments_function_and_kept_when_the_stack_goes(stack: Stack) -> None:
    """Not by AWS::SSM::Parameter, which would write an edited value again (docs/adr/0017)."""
    resources = stack()
    properties = resources["Policy"]["Properties"]
    assert properties["ServiceToken"] == "<DeploymentFunction.Arn>"
    assert properties["DeleteParameters"] == "false"
    assert properties["Prefix"] == "/discovery/prod/personalization/"
    assert "AWS::SSM::Parameter" not in {one["Type"] for one in resources.values()}
    assert all(one["Description"] for one in properties["Parameters"])
