"""The environment variables that a search function runs under in the lab, our own settings apart."""

import os

from local.cloudformation import load_template
from local.stack.processes import ROOT

OFFLINE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""With these no AWS client reaches an account, whoever's machine this is."""


def function_variables() -> dict[str, str]:
    """Variables that template.yaml sets to fixed values for the search function, without the settings of our own.

    Metrics need a namespace, which the template makes of the stage.
    """
    template = load_template(ROOT / "template.yaml")
    parts = (template["Globals"]["Function"], template["Resources"]["SearchFunction"]["Properties"])
    variables = {name: value for part in parts for name, value in part["Environment"]["Variables"].items()}
    return {"POWERTOOLS_METRICS_NAMESPACE": "Discovery/lab"} | {
        name: str(value)
        for name, value in variables.items()
        if not isinstance(value, dict) and not name.startswith("DISCOVERY_")
    }


def adopt() -> None:
    """Give this process the function's variables.

    To be called before `discovery.observability` is imported: Powertools reads its variables then, and others do.
    """
    os.environ |= function_variables() | OFFLINE
