"""The CloudFormation that SAM makes of the template, as JSON.

    .venv-sam/bin/python tools/transform.py template.yaml ['{"Stage": "prod"}']

CloudFormation does this itself in an account, with the same library, which comes with the SAM CLI. That has an
environment of its own (requirements/sam.in), so others run this as a program: see `local.cloudformation.transformed`.
"""

import json
import logging
import sys
from typing import Any

from samtranslator.public.translator import ManagedPolicyLoader  # type: ignore[import-not-found]
from samtranslator.translator.transform import transform  # type: ignore[import-not-found]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-not-found]

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class _NoManagedPolicies(ManagedPolicyLoader):  # type: ignore[misc]  # untyped base
    """No managed policies: by default they would be looked up in an account, and the template names none."""

    def __init__(self) -> None:
        super().__init__(iam_client=None)

    def load(self) -> dict[str, str]:
        return {}


def cloudformation(text: str, values: dict[str, str]) -> dict[str, Any]:
    """Transform a template; `values` of parameters become their defaults."""
    template = yaml_parse(text)
    for name, value in values.items():
        if name in template["Parameters"]:  # and is no pseudo parameter
            template["Parameters"][name]["Default"] = value
    for resource in template["Resources"].values():
        # The transform takes only addresses in S3, which `sam deploy` writes after its upload.
        if uri := _CODE.get(resource["Type"]):
            folder = str(resource["Properties"][uri]).rstrip("/")
            resource["Properties"][uri] = f"s3://artifacts/{folder}.zip"
    defaults = {name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one}
    pseudo = {"AWS::Region": "us-east-1", "AWS::Partition": "aws"}
    result: dict[str, Any] = transform(template, {**pseudo, **defaults, **values}, _NoManagedPolicies())
    return result


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # it warns of a feature switch of its service that is missing here
    source, *values = sys.argv[1:]
    with open(source, encoding="utf-8") as stream:  # noqa: PTH123 - Path is not needed for it
        json.dump(cloudformation(stream.read(), json.loads(values[0]) if values else {}), sys.stdout)
