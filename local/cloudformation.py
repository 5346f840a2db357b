"""CloudFormation templates as plain Python data: as they are written, as SAM transforms them, and as deployed."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from itertools import islice
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # we do not depend on its stubs

_ROOT = Path(__file__).parent.parent
_NOTHING = object()
"""Stands for `AWS::NoValue`: a property with this value is left out."""

Resources = dict[str, dict[str, Any]]


class _TemplateLoader(yaml.SafeLoader):  # type: ignore[misc]  # untyped base
    """A safe loader that knows CloudFormation's tags; a class of its own so that plain YAML loading stays untouched."""


def load_template(path: Path) -> dict[str, Any]:
    """Return the template at ``path`` with every ``!Tag value`` written out as its long form ``{"Fn::Tag": value}``."""
    with path.open(encoding="utf-8") as stream:
        template = yaml.load(stream, Loader=_TemplateLoader)  # noqa: S506 - _TemplateLoader is a SafeLoader
    if not isinstance(template, dict):
        raise TypeError(f"{path} is not a CloudFormation template: its top level is not a mapping")
    return template


def transformed(path: Path, values: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The template at ``path`` after SAM's transform, by the SAM CLI's own library (`make setup-sam`)."""
    program = [str(_ROOT / ".venv-sam" / "bin" / "python"), str(_ROOT / "tools" / "transform.py"), str(path)]
    # The library asks no account, but it needs a region.
    program.append(json.dumps(dict(values or {})))
    done = subprocess.run(program, env={"AWS_DEFAULT_REGION": "us-east-1"}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"SAM does not transform {path}:\n{done.stderr}")
    template: dict[str, Any] = json.loads(done.stdout)
    return template


def deployed(template: Mapping[str, Any], values: Mapping[str, str]) -> Resources:
    """The resources that a template makes with these values of its parameters.

    Values of parameters are filled in. A ``Ref`` to a resource becomes ``<Name>``, an attribute of it
    ``<Name.Attribute>``.

    Raises:
        KeyError: a parameter has neither a value nor a default, or a reference names something that does not exist.
    """
    return _Resolver(template, values).resources()


def resolved(template: Mapping[str, Any], value: Any, values: Mapping[str, str]) -> Any:
    """A part of a template with these values of its parameters.

    Raises:
        KeyError: as for `deployed`.
    """
    return _Resolver(template, values).resolved(value)


def refused(template: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """The messages with which the template's `Rules` refuse these values of the parameters."""
    return _Resolver(template, values).broken_rules()


class _Resolver:
    def __init__(self, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._template = template
        defaults = {name: str(one["Default"]) for name, one in template["Parameters"].items() if "Default" in one}
        account = {"AccountId": "123456789012", "Region": "us-east-1", "Partition": "aws", "URLSuffix": "amazonaws.com"}
        account["StackName"] = "discovery"
        pseudo = {f"AWS::{name}": value for name, value in account.items()}
        self._values: dict[str, Any] = {**pseudo, "AWS::NoValue": _NOTHING, **defaults, **values}

    def resources(self) -> Resources:
        every = self._template["Resources"]
        made = {name: one for name, one in every.items() if "Condition" not in one or self._holds(one["Condition"])}
        return {name: self.resolved(one) for name, one in made.items()}

    def broken_rules(self) -> list[str]:
        rules = self._template["Rules"].values()
        applying = (rule for rule in rules if self.resolved(rule.get("RuleCondition", True)))
        assertions = (one for rule in applying for one in rule["Assertions"])
        return [one["AssertDescription"] for one in assertions if not self.resolved(one["Assert"])]

    def _holds(self, condition: str) -> bool:
        return bool(self.resolved(self._template["Conditions"][condition]))

    def resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self.resolved, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in ("Ref", "Fn::If") or name.startswith("Fn::"):
                return self._called(name.removeprefix("Fn::"), argument)
            if name == "Condition" and isinstance(argument, str):
                return self._holds(argument)
        members = {name: self.resolved(one) for name, one in value.items()}
        return {name: one for name, one in members.items() if one is not _NOTHING}

    def _called(self, function: str, argument: Any) -> Any:
        if function == "If":  # the other branch may refer to what does not exist
            condition, then, otherwise = argument
            return self.resolved(then if self._holds(condition) else otherwise)
        own: dict[str, Callable[[Any], Any]] = {
            "FindInMap": self._mapped,
            "GetAtt": self._attribute,
            "GetAZs": lambda region: [f"{region or self._values['AWS::Region']}{letter}" for letter in "abc"],
            "Ref": self._reference,
            "Sub": self._substituted,
        }
        known = own | _FUNCTIONS
        return known[function](self.resolved(argument))

    def _attribute(self, argument: list[str]) -> str:
        name, attribute = argument
        return f"{self._reference(name)[:-1]}.{attribute}>"

    def _mapped(self, argument: list[str]) -> Any:
        mapping, key, member = argument
        return self._template["Mappings"][mapping][key][member]

    def _substituted(self, argument: str | list[Any]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def replaced(match: re.Match[str]) -> str:
            name: str = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return str(own[name])
            return self._attribute(name.split(".", 1)) if "." in name else str(self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", replaced, text)

    def _reference(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        self._template["Resources"][name]  # it exists, or this raises
        return f"<{name}>"


def _subnets(argument: list[Any]) -> list[str]:
    block, count, bits = argument
    return [str(subnet) for subnet in islice(ip_network(block).subnets(new_prefix=32 - int(bits)), int(count))]


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "And": all,
    "Cidr": _subnets,
    "Equals": lambda both: str(both[0]) == str(both[1]),
    "Join": lambda argument: argument[0].join(map(str, argument[1])),
    "Not": lambda one: not one[0],
    "Or": any,
    "Select": lambda argument: argument[1][int(argument[0])],
    "Split": lambda argument: argument[1].split(argument[0]),
}
"""CloudFormation's functions of values alone."""


def _long_form(loader: _TemplateLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    value = _node_value(loader, node)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


def _node_value(loader: _TemplateLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    raise TypeError(f"Unknown YAML node {node!r}")


_TemplateLoader.add_multi_constructor("!", _long_form)
