"""Reading the `experiment` parameter: JSON, to an `Experiment` or to the exact reason why it can't be one. Pure."""

import json
import re
from collections.abc import Collection
from datetime import datetime
from types import MappingProxyType
from typing import Any

from discovery.experiments.experiment import Experiment

_REQUIRED = ("name", "traffic_allocation", "variants")
_OPTIONAL = ("salt", "start", "end")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""RFC 3339; what `datetime` takes beyond that, times without an offset above all, leaves open when it is."""
_SHARES_TOLERANCE = 1e-6


def parse_experiment(text: str, variants: Collection[str]) -> Experiment | None:
    """Read an experiment on variants that exist; `{}` says that there is none.

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
    _check_shares(shares, variants)
    salt = document.get("salt", "")
    if not isinstance(salt, str):
        raise ValueError("salt is not a text")
    start, end = (_time(member, document.get(member)) for member in ("start", "end"))
    if start is not None and end is not None and end <= start:
        raise ValueError("end is not after start")
    return Experiment(name, float(allocation), MappingProxyType(shares), salt, start, end)


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


def _check_shares(shares: object, variants: Collection[str]) -> None:
    if not isinstance(shares, dict):
        raise ValueError("variants is not an object of shares by name")
    if unknown := sorted(set(shares) - set(variants)):
        raise ValueError(f"unknown variants: {', '.join(unknown)}")
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
