"""What template.yaml deploys, as the local stack needs it: functions, routes, event rules and parameters.

A function without events is there for the deployment itself, like the one that creates the parameters: the stack runs
none of those, and creates the parameters itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloudformation import load_template, resolved


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
        KeyError: these parts of the template use something that has no value or is not understood.
    """
    template = load_template(path)
    values = {"Stage": stage}
    defaults = template.get("Globals", {}).get("Function", {})
    specs, routes, rules = [], [], []
    for properties in _of_type(template, "AWS::Serverless::Function"):
        if "Events" not in properties:
            continue
        spec = _function({**defaults, **properties}, path.parent)
        specs.append(spec)
        for event in properties["Events"].values():
            if event["Type"] == "HttpApi":
                routes.append(_route(event.get("Properties", {}), spec.name))
            elif event["Type"] in ("EventBridgeRule", "CloudWatchEvent"):
                rules.append(Rule(resolved(template, event["Properties"]["Pattern"], values), spec.name))
    parameters = [
        Parameter(prefix + one["Name"], "String", one["Value"], one["Description"])
        for properties in _of_type(template, "Custom::PolicyParameters")
        for prefix, every in [resolved(template, [properties["Prefix"], properties["Parameters"]], values)]
        for one in every
    ]
    return Deployment(tuple(specs), tuple(routes), tuple(rules), tuple(parameters))


def _of_type(template: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (resource.get("Properties", {}) for resource in template["Resources"].values() if resource["Type"] == kind)


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
