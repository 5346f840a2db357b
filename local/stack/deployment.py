"""What template.yaml deploys, as the local stack needs it: functions, routes, event rules and parameters.

A function without events is there for the deployment itself, like the one that creates the parameters: the stack runs
none of those, and creates the parameters itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloudformation import load_template


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """An `AWS::Serverless::Function` with events."""

    name: str
    """The name of its folder: `search` for functions/search."""
    file: Path
    handler: str
    timeout: float
    """Seconds."""
    memory: int
    """MB."""


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP API route; method `ANY` and path `$default` as API Gateway understands them."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The routeKey of its events."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Rule:
    """An EventBridge rule: events that match the pattern go to the function."""

    pattern: Mapping[str, Any]
    function: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a `Custom::PolicyParameters` creates."""

    name: str
    type: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything of a template that the local stack runs."""

    functions: tuple[FunctionSpec, ...]
    routes: tuple[Route, ...]
    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]


def read_deployment(path: Path, *, stage: str) -> Deployment:
    """Read a template as it would be deployed to `stage`.

    Raises:
        ValueError: the template uses something in these parts that the local stack does not understand.
    """
    template = load_template(path)
    resources = template.get("Resources", {})
    defaults = template.get("Globals", {}).get("Function", {})
    values = {name: str(parameter.get("Default", "")) for name, parameter in template.get("Parameters", {}).items()}
    values["Stage"] = stage
    specs, routes, rules = [], [], []
    for properties in _of_type(resources, "AWS::Serverless::Function"):
        if "Events" not in properties:
            continue
        spec = _function({**defaults, **properties}, path.parent)
        specs.append(spec)
        for event in properties["Events"].values():
            if event["Type"] == "HttpApi":
                routes.append(_route(event.get("Properties", {}), spec.name))
            elif event["Type"] in ("EventBridgeRule", "CloudWatchEvent"):
                rules.append(Rule(_resolved(event["Properties"]["Pattern"], values), spec.name))
    parameters = [
        parameter
        for properties in _of_type(resources, "Custom::PolicyParameters")
        for parameter in _parameters(_resolved({key: properties[key] for key in ("Prefix", "Parameters")}, values))
    ]
    return Deployment(tuple(specs), tuple(routes), tuple(rules), tuple(parameters))


def _of_type(resources: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (resource.get("Properties", {}) for resource in resources.values() if resource["Type"] == kind)


def _function(properties: Mapping[str, Any], root: Path) -> FunctionSpec:
    folder = root / properties["CodeUri"]
    module, handler = properties["Handler"].rsplit(".", 1)
    return FunctionSpec(
        name=folder.name,
        file=folder / f"{module}.py",
        handler=handler,
        timeout=float(properties.get("Timeout", 3)),  # Lambda's own defaults
        memory=int(properties.get("MemorySize", 128)),
    )


def _route(properties: Mapping[str, Any], function: str) -> Route:
    # SAM: an HttpApi event without a path is the $default route.
    return Route(properties.get("Method", "ANY").upper(), properties.get("Path", "$default"), function)


def _parameters(properties: Mapping[str, Any]) -> Iterator[Parameter]:
    for parameter in properties["Parameters"]:
        name = properties["Prefix"] + parameter["Name"]
        yield Parameter(name, "String", parameter["Value"], parameter["Description"])


def _resolved(value: Any, values: Mapping[str, str]) -> Any:
    """Replace `Ref` and `Fn::Sub` of template parameters throughout a value."""
    if isinstance(value, list):
        return [_resolved(item, values) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"}:
        return _value(value["Ref"], values)
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return re.sub(r"\$\{(\w[^}]*)\}", lambda match: _value(match[1], values), value["Fn::Sub"])
    if any(key.startswith("Fn::") for key in value):
        raise ValueError(f"template: the local stack can't resolve {value}")
    return {key: _resolved(item, values) for key, item in value.items()}


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise ValueError(f"template: the local stack knows no value for {name!r}")
    return values[name]
