"""The environment variables that template.yaml sets to fixed values for the search function."""

from local.cloudformation import load_template
from local.stack.processes import ROOT


def function_variables() -> dict[str, str]:
    """Variables by name, without the settings of our own: those are each benchmark's to choose.

    Metrics need a namespace, which the template makes of the stage.
    """
    template = load_template(ROOT / "template.yaml")
    parts = (template["Globals"]["Function"], template["Resources"]["SearchFunction"]["Properties"])
    variables = {name: value for part in parts for name, value in part["Environment"]["Variables"].items()}
    return {"POWERTOOLS_METRICS_NAMESPACE": "Discovery/bench"} | {
        name: str(value)
        for name, value in variables.items()
        if not isinstance(value, dict) and not name.startswith("DISCOVERY_")
    }
