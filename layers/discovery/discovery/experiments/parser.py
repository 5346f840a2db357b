"""Reading an experiment's parameter: JSON, to an `Experiment` or to the exact reason why it can't be one. Pure."""

import json
import re
from collections.abc import Collection
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args

from discovery.experiments.experiment import WEIGHT_LAYER, Experiment, Mode, Status
from discovery.names import VARIANT_PATTERN

_REQUIRED = ("name", "traffic_allocation", "variants")
_OPTIONAL = ("salt", "start", "end", "status", "layer", "slot", "mode")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""RFC 3339; what `datetime` takes beyond that, times without an offset above all, leaves open when it is."""
_SHARES_TOLERANCE = 1e-6


def parse_experiment(text: str, variants: Collection[str] | None = None) -> Experiment | None:
    """Read an experiment; `{}` says that there is none.

    `variants` are those that have a weight: in the layer of the weight it can have no others. Without them any will do.

    Raises:
        ValueError: not acceptable; the message is the reason.
    """
    document = _object(text)
    if document == {}:
        return None
    _check_members(document)
    name, allocation, shares = (document[member] for member in _REQUIRED)
    if not isinstance(name, str) or not name:
        raise ValueError("name is not a text")
    if not _is_share(allocation):
        raise ValueError("traffic_allocation is not a number in [0, 1]")
    _check_shares(shares)
    salt = document.get("salt", "")
    if not isinstance(salt, str):
        raise ValueError("salt is not a text")
    layer = _layer(document.get("layer"))
    if layer not in (None, WEIGHT_LAYER):
        _check_names(shares)
    elif variants is not None:
        check_known(shares, variants)
    slot = document.get("slot", 0)
    if not _is_share(slot):
        raise ValueError("slot is not a number in [0, 1]")
    if slot + allocation > 1 + _SHARES_TOLERANCE:
        raise ValueError("slot and traffic_allocation sum to more than 1")
    status = _one_of("status", document.get("status", "running"), get_args(Status))
    mode = _one_of("mode", document.get("mode", "ab"), get_args(Mode))
    if mode == "multileave":
        _check_multileaving(layer, shares)
    start, end = (_time(member, document.get(member)) for member in ("start", "end"))
    if start is not None and end is not None and end <= start:
        raise ValueError("end is not after start")
    return Experiment(
        *(name, float(allocation), MappingProxyType(shares), salt, start, end),
        status=status,
        own_layer=layer,
        slot=float(slot),
        mode=mode,
    )


def check_known(variants: Collection[str], known: Collection[str]) -> None:
    """Refuse variants without a weight.

    Raises:
        ValueError: there are some; the message is the reason.
    """
    if unknown := sorted(set(variants) - set(known)):
        raise ValueError(f"unknown variants: {', '.join(unknown)}")


def _object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_once_each)
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # "\\ud800" is JSON, but can be neither hashed nor sent
        raise ValueError("holds half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(members)
    if len(document) < len(members):
        raise ValueError("a member is there twice")
    return document


def _check_members(document: Collection[str]) -> None:
    if missing := [member for member in _REQUIRED if member not in document]:
        raise ValueError(f"lacks {', '.join(missing)} (or is {{}} for no experiment)")
    if unknown := sorted(set(document) - {*_REQUIRED, *_OPTIONAL}):
        raise ValueError(f"unknown members: {', '.join(unknown)}")


def _layer(name: object) -> str | None:
    if name is None or (isinstance(name, str) and re.fullmatch(VARIANT_PATTERN, name)):
        return name
    raise ValueError(f"layer is not a name that matches {VARIANT_PATTERN}")


def _one_of[T: str](member: str, value: object, possible: tuple[T, ...]) -> T:
    for one in possible:
        if value == one:
            return one
    raise ValueError(f"{member} is none of {', '.join(possible)}")


def _check_names(variants: Collection[str]) -> None:
    if odd := sorted(name for name in variants if not re.fullmatch(VARIANT_PATTERN, name)):
        raise ValueError(f"a variant's name must match {VARIANT_PATTERN}, unlike {', '.join(odd)}")


def _check_multileaving(layer: str | None, shares: dict[str, float]) -> None:
    if layer not in (None, WEIGHT_LAYER):
        raise ValueError(f"multileaves weights, and those are decided in the layer {WEIGHT_LAYER}")
    if len(shares) < 2:  # noqa: PLR2004
        raise ValueError("multileaving needs two variants or more")
    if max(shares.values()) - min(shares.values()) > _SHARES_TOLERANCE:
        raise ValueError("the shares are not equal, as those of multileaved variants are")


def _check_shares(shares: object) -> None:
    if not isinstance(shares, dict):
        raise ValueError("variants is not an object of shares by name")
    if not all(map(_is_share, shares.values())):
        raise ValueError("a share is not a number in [0, 1]")
    if abs(sum(shares.values()) - 1) > _SHARES_TOLERANCE:
        raise ValueError(f"the shares sum to {sum(shares.values()):.9g}, not to 1")


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1  # NaN compares false


def _time(member: str, value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError(f"{member} is not a time of RFC 3339, such as 2026-05-01T09:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{member} is a time that never is") from None
