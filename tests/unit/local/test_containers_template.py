"""What `sam local` runs is the built template with a local stack's variables."""

from typing import Any

from local.containers.local_template import local_template

BUILT: dict[str, Any] = {
    "Parameters": {"Architecture": {"Type": "String", "Default": "x86_64"}},
    "Globals": {
        "Function": {"Environment": {"Variables": {"DISCOVERY_CACHE_IAM_USER": "app", "OPENBLAS_NUM_THREADS": "1"}}}
    },
    "Resources": {
        "Search": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Environment": {"Variables": {"POWERTOOLS_SERVICE_NAME": "search"}}},
        },
        "Plain": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": "Plain",
                "Layers": [{"Ref": "Ours"}, {"Fn::If": ["Demo", {"Ref": "Demo"}, {"Fn::If": ["A", {"Ref": "Arn"}]}]}],
            },
        },
        "Ours": {"Type": "AWS::Serverless::LayerVersion", "Properties": {}},
        "Demo": {"Type": "AWS::Serverless::LayerVersion", "Properties": {}},
        "Api": {"Type": "AWS::Serverless::HttpApi"},
    },
}


def variables(holder: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = holder["Environment"]["Variables"]
    return found


def test_every_variable_is_declared_for_all_functions_and_deployed_settings_are_gone() -> None:
    template = local_template(BUILT, ["DISCOVERY_CACHE_URL", "AWS_ENDPOINT_URL"], "x86_64")

    expected = {"OPENBLAS_NUM_THREADS": "1", "DISCOVERY_CACHE_URL": "", "AWS_ENDPOINT_URL": ""}
    assert variables(template["Globals"]["Function"]) == expected


def test_what_a_function_declares_for_itself_is_kept() -> None:
    template = local_template(BUILT, [], "x86_64")

    assert variables(template["Resources"]["Search"]["Properties"]) == {"POWERTOOLS_SERVICE_NAME": "search"}
    assert template["Resources"]["Plain"]["Properties"]["CodeUri"] == "Plain"


def test_a_function_has_the_layers_that_are_built_here() -> None:
    template = local_template(BUILT, [], "x86_64")

    assert template["Resources"]["Plain"]["Properties"]["Layers"] == [{"Ref": "Ours"}, {"Ref": "Demo"}]


def test_the_architecture_that_was_built_for_decides_on_the_image() -> None:
    assert local_template(BUILT, [], "arm64")["Parameters"]["Architecture"]["Default"] == "arm64"


def test_the_built_template_itself_stays_as_it_is() -> None:
    local_template(BUILT, ["DISCOVERY_CACHE_URL"], "arm64")

    assert BUILT["Parameters"]["Architecture"]["Default"] == "x86_64"
    assert "DISCOVERY_CACHE_URL" not in variables(BUILT["Globals"]["Function"])
