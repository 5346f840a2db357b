"""What an edit does to the policy, and to who searches, in sentences that an operator reads before writing it. Pure."""

from collections.abc import Iterator

from discovery.errors import PolicyRefused
from discovery.experiments.experiment import WEIGHT_LAYER, Experiment
from discovery.experiments.parser import parse_experiment
from discovery.policy.edit import Edit
from discovery.policy.experiment_status import phase
from discovery.policy.parameter_names import is_experiment, is_variant
from discovery.policy.parser import ENABLED, EXPERIMENT, HOLDOUT, VARIANTS_FOLDER
from discovery.policy.policy import DEFAULT_VARIANTS
from discovery.policy.size import needs_advanced_tier


def consequences(edit: Edit) -> Iterator[str]:
    """What an operator may not expect, in sentences."""
    if is_variant(edit.name):
        yield from _on_variants(edit)
    yield from _on_experiment(edit)
    if edit.name == HOLDOUT:
        yield "This changes who is in an experiment, though it starts no epoch: let an analysis begin after it."
    if edit.value is not None and needs_advanced_tier(edit.value):
        yield f"{edit.name} is over 4 KB, so it becomes an advanced parameter. That costs money, and stays."
    yield from _on_policy(edit)


def _on_variants(edit: Edit) -> Iterator[str]:
    built_in = ", ".join(DEFAULT_VARIANTS)
    if not any(map(is_variant, edit.before.parameters)):
        yield f"Parameter Store holds no variants yet. This one replaces the built-in ones: {built_in}."
    elif edit.old is None:
        yield f"{edit.name.removeprefix(VARIANTS_FOLDER)} is a new variant."
    if not any(map(is_variant, edit.after.parameters)):
        yield f"This removes the last variant. The built-in ones apply again: {built_in}."


def _on_experiment(edit: Edit) -> Iterator[str]:
    for experiment in edit.ended:
        yield f"This {'pauses' if _pauses(edit) else 'ends'} the experiment {experiment.name}."
    for experiment in edit.new_epochs:
        if experiment.status == "running":
            yield f"This starts a new epoch of the experiment {experiment.name}. An analysis counts from here."
            yield from _on_its_time(edit, experiment)
            yield from _on_its_layer(experiment)


def _pauses(edit: Edit) -> bool:
    about_one = edit.name == EXPERIMENT or is_experiment(edit.name)
    after = parse_experiment(edit.value) if about_one and edit.value is not None else None
    return after is not None and after.status == "paused"


def _on_its_layer(experiment: Experiment) -> Iterator[str]:
    if experiment.layer != WEIGHT_LAYER:
        yield f"It is in the layer {experiment.layer}, so it changes no weight: apps are told the variant."


def _on_its_time(edit: Edit, experiment: Experiment) -> Iterator[str]:
    match phase(experiment, edit.now):
        case "ended":
            yield f"The end of the experiment {experiment.name} has passed, so it assigns nobody."
        case "scheduled":
            yield f"The experiment {experiment.name} assigns nobody before its start."


def _on_policy(edit: Edit) -> Iterator[str]:
    if edit.after.policy is None:
        switches_off = edit.name == ENABLED and edit.value == "false"
        yield f"The policy stays refused: {PolicyRefused(edit.after.refusals)}. " + (
            "Personalization is switched off even so."
            if switches_off
            else "Searches keep the last good policy until that is mended, so this edit has no effect yet."
        )
    elif edit.before.policy is None:
        yield "The policy was refused until now. With this edit it is accepted."
    elif not edit.after.policy.enabled and edit.name != ENABLED:
        yield "Personalization is switched off, so this edit has no effect until it is switched on."
