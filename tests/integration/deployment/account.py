"""An AWS account to deploy to: moto's CloudFormation, and what CloudFormation does besides with what moto can't make.

Moto makes the resource types that it knows, with their references between them, in the order that these ask for. The
others are left out (`NOT_MADE`), and what later steps need of them is made by their own APIs: the secret, the custom
resources' answers, versions and aliases.
"""

import importlib.util
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local.cloudformation import Resources, deployed, transformed
from local.stack.processes import ROOT

STACK = "discovery"
NOT_MADE = {
    "AWS::ApiGatewayV2::Api": "test_api",
    "AWS::ApiGatewayV2::ApiMapping": "test_api",
    "AWS::ApiGatewayV2::DomainName": "test_api",
    "AWS::ApiGatewayV2::Stage": "test_api",
    "AWS::CloudWatch::Alarm": "test_alarms, test_error_budget",
    "AWS::CloudWatch::CompositeAlarm": "test_alarms, test_error_budget",
    "AWS::CodeDeploy::Application": "test_functions",
    "AWS::CodeDeploy::DeploymentGroup": "test_functions",
    "AWS::ElastiCache::ServerlessCache": "test_functions, test_network",
    "AWS::ElastiCache::User": "test_functions; test_access_string with a real Valkey",
    "AWS::ElastiCache::UserGroup": "test_functions",
    "AWS::Events::EventBusPolicy": "test_permissions",
    "AWS::KinesisFirehose::DeliveryStream": "test_what_people_did",
    "AWS::Lambda::Alias": "test_api, test_events; made here by its API",
    "AWS::Lambda::EventInvokeConfig": "test_events",
    "AWS::Lambda::LayerVersion": "made here by its API: moto's CloudFormation gives functions none",
    "AWS::Lambda::Version": "test_functions; made here by its API, with the description that CloudFormation gives it",
    "AWS::Logs::LogStream": "test_what_people_did",
    "AWS::Logs::SubscriptionFilter": "test_what_people_did",
    "AWS::S3::BucketPolicy": "test_permissions",
    "AWS::SQS::QueuePolicy": "test_permissions",
    "AWS::SecretsManager::Secret": "made here by its API",
    "Custom::Configuration": "made here by the deployment function itself",
    "Custom::PolicyParameters": "made here by the deployment function itself",
}
"""Resource types that moto's CloudFormation does not know, and where they are checked instead."""
_KEPT = ("Type", "Properties", "DependsOn", "DeletionPolicy")
_FUNCTIONS = {"Search": "search", "Invalidation": "invalidation", "Events": "events", "Experiments": "experiments"}
_FOLDERS = (*_FUNCTIONS.values(), "profile_events", "deployment")


@dataclass
class Account:
    """Deploys templates, one after the other, to one stack."""

    stage: str
    resources: Resources = field(default_factory=dict)
    """As last deployed; references to resources are `<Name>`."""
    _descriptions: dict[str, str] = field(default_factory=dict)
    _layers: dict[str, str] = field(default_factory=dict)
    """ARN by name in the template, which is another one for another content."""

    def deploy(self, template: Path, values: Mapping[str, str]) -> None:
        """What `sam deploy` and CloudFormation do."""
        region = boto3.session.Session().region_name
        values = {**values, "Stage": self.stage, "AWS::Region": region}
        first = not self.resources
        if first:
            self._upload()
        self.resources = deployed(transformed(template, values), values)
        self._publish_layers()
        made = {name: one for name, one in self.resources.items() if one["Type"] not in NOT_MADE}
        body = json.dumps({"Resources": {name: self._for_moto(_kept(one)) for name, one in made.items()}})
        cloudformation = boto3.client("cloudformation")
        change = cloudformation.create_stack if first else cloudformation.update_stack
        change(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        if first:
            self._make_secret()
        request = "Create" if first else "Update"
        self._custom(request, "Policy")
        self._release(self._custom(request, "Configuration"))

    def physical(self) -> dict[str, str]:
        """Physical ids of what moto made, by the names in the template."""
        pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        found = (one for page in pages for one in page["StackResourceSummaries"])
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def physical_arn(self, function: str) -> str:
        """ARN of a function."""
        name = self.physical()[function]
        return str(boto3.client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"])

    def live(self, function: str) -> dict[str, Any]:
        """The configuration that callers meet."""
        name = self.resources[f"{function}Function"]["Properties"]["FunctionName"]
        alias = boto3.client("lambda").get_alias(FunctionName=name, Name="live")
        found: Any = boto3.client("lambda").get_function_configuration(
            FunctionName=name, Qualifier=alias["FunctionVersion"]
        )
        return dict(found)

    def _upload(self) -> None:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})  # type: ignore[typeddict-item]
        for folder in (*(f"functions/{name}" for name in _FOLDERS), "layers/discovery"):
            s3.put_object(Bucket="artifacts", Key=f"{folder}.zip", Body=_zipped(ROOT / folder))
        s3.put_object(Bucket="artifacts", Key="layers/catalogue.zip", Body=_zipped(ROOT / "functions" / "search"))

    def _publish_layers(self) -> None:
        for name, resource in self.resources.items():
            if resource["Type"] == "AWS::Lambda::LayerVersion" and name not in self._layers:
                properties = resource["Properties"]
                layer = {"LayerName": name, "CompatibleRuntimes": properties["CompatibleRuntimes"]}
                content = properties["Content"]
                self._layers[name] = boto3.client("lambda").publish_layer_version(Content=content, **layer)[
                    "LayerVersionArn"
                ]

    def _for_moto(self, value: Any) -> Any:
        """References to what moto makes as intrinsics again; others stay as they are."""
        if isinstance(value, list):
            return [self._for_moto(one) for one in value]
        if isinstance(value, dict):
            return {name: self._for_moto(one) for name, one in value.items()}
        if not isinstance(value, str):
            return value
        # Moto knows no aliases: a permission to call one becomes a permission to call the function.
        literal = re.sub(r"<(\w+)Aliaslive>", r"<\1.Arn>", value).replace("${", "${!")
        text = re.sub(r"<(\w+)((?:\.\w+)*)>", self._reference, literal)
        if whole := re.fullmatch(r"\$\{(\w+)(?:\.([\w.]+))?\}", text):
            return {"Fn::GetAtt": list(whole.groups())} if whole[2] else {"Ref": whole[1]}
        return value if text == literal else {"Fn::Sub": text}

    def _reference(self, match: re.Match[str]) -> str:
        if match[1] in self._layers:
            return self._layers[match[1]]
        made = match[1] in self.resources and self.resources[match[1]]["Type"] not in NOT_MADE
        return f"${{{match[1]}{match[2]}}}" if made else match[0]

    def _make_secret(self) -> None:
        properties = self.resources["UserKey"]["Properties"]
        value = boto3.client("secretsmanager").get_random_password(**properties["GenerateSecretString"])
        boto3.client("secretsmanager").create_secret(
            Name=properties["Name"], Description=properties["Description"], SecretString=value["RandomPassword"]
        )

    def _custom(self, request: str, name: str) -> dict[str, str]:
        """Have the deployment function carry out a request; returns the attributes that it answers with."""
        resource = self.resources[name]
        assert resource["Properties"]["ServiceToken"] == "<DeploymentFunction.Arn>"
        names = {f"<{key}>": value for key, value in (self.physical() | self._layers).items()}
        properties = json.loads(
            re.sub(r"<\w+>", lambda match: names.get(match[0], match[0]), json.dumps(resource["Properties"]))
        )
        event = {key: key for key in ("StackId", "RequestId", "LogicalResourceId", "ResponseURL")}
        event |= {"RequestType": request, "ResourceType": resource["Type"], "ResourceProperties": properties}
        answers: list[dict[str, Any]] = []
        handler = _deployment_function().make_handler(boto3.client, lambda _, body: answers.append(json.loads(body)))
        handler(event, None)
        assert answers[0]["Status"] == "SUCCESS", answers
        data: dict[str, str] = answers[0]["Data"]
        return data

    def _release(self, descriptions: dict[str, str]) -> None:
        """Publish a version where its description is another one, as CloudFormation does, and send callers there."""
        client = boto3.client("lambda")
        for key in _FUNCTIONS:
            name = self.resources[f"{key}Function"]["Properties"]["FunctionName"]
            if descriptions[key] == self._descriptions.get(key):
                continue
            version = client.publish_version(FunctionName=name, Description=descriptions[key])["Version"]
            move = client.update_alias if key in self._descriptions else client.create_alias
            move(FunctionName=name, Name="live", FunctionVersion=version)
        self._descriptions = descriptions


def _kept(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {name: resource[name] for name in _KEPT if name in resource}


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()


def _deployment_function() -> Any:
    file = ROOT / "functions" / "deployment" / "app.py"
    spec = importlib.util.spec_from_file_location("deployment_app", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
