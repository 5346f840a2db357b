"""Read a CloudFormation template with its short-form tags (``!Ref``, ``!Sub``, ``!GetAtt`` …) as plain Python data."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are no dependency of ours


class _TemplateLoader(yaml.SafeLoader):  # type: ignore[misc]  # untyped base
    """A safe loader that knows CloudFormation's tags; a class of its own so that plain YAML loading stays untouched."""


def load_template(path: Path) -> dict[str, Any]:
    """Return the template at ``path`` with every ``!Tag value`` written out as its long form ``{"Fn::Tag": value}``."""
    with path.open(encoding="utf-8") as stream:
        template = yaml.load(stream, Loader=_TemplateLoader)  # noqa: S506 - _TemplateLoader is a SafeLoader
    if not isinstance(template, dict):
        raise TypeError(f"{path} is no CloudFormation template: its top level is no mapping")
    return template


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
