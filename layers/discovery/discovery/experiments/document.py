"""Writing an experiment as the JSON of the `experiment` parameter, and reading one without a policy. Pure."""

import json
from collections.abc import Mapping

from discovery.experiments.experiment import Experiment
from discovery.experiments.parser import parse_experiment

NO_EXPERIMENT = "{}"


def experiment_document(
    name: str,
    variants: Mapping[str, float],
    *,
    traffic_allocation: float = 1.0,
    salt: str | None = None,
    start: str | None = None,
    end: str | None = None,
) -> str:
    """The JSON of an experiment, not yet checked.

    `variants` are shares by name; `start` and `end` are times of RFC 3339. What is None is left out.
    """
    optional = {"salt": salt, "start": start, "end": end}
    given = {member: value for member, value in optional.items() if value is not None}
    return json.dumps({"name": name, "traffic_allocation": traffic_allocation, "variants": dict(variants), **given})


def parse_unbound_experiment(text: str) -> Experiment | None:
    """Read an experiment whatever variants it names: an assignment does not depend on their weights.

    Raises:
        ValueError: not acceptable; the message is the reason.
    """
    try:
        named = json.loads(text)["variants"]
    except (ValueError, LookupError, TypeError):
        named = None
    return parse_experiment(text, [*named] if isinstance(named, dict) else ())
