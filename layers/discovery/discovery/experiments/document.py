"""Writing an experiment as the JSON of a parameter. Pure."""

import json
from collections.abc import Mapping
from typing import Any

NO_EXPERIMENT = "{}"


def experiment_document(
    name: str,
    variants: Mapping[str, float],
    *,
    traffic_allocation: float = 1.0,
    **optional: Any,
) -> str:
    """The JSON of an experiment, not yet checked.

    `variants` are shares by name; `optional` are members that an experiment can do without. What is None is left out.
    """
    given = {member: value for member, value in optional.items() if value is not None}
    return json.dumps({"name": name, "traffic_allocation": traffic_allocation, "variants": dict(variants), **given})
