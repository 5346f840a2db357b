"""What an edit does to the policy, and to who searches, in sentences that an operator reads before writing it. Pure."""

from collections.abc import Iterator

from discovery.errors import PolicyRefused
from discovery.experiments.experiment import Experiment
from discovery.policy.edit import Edit
from discovery.policy.experiment_status import phase
from discovery.policy.parameter_names import is_variant
from discovery.policy.parser import ENABLED, VARIANTS_FOLDER
from discovery.policy.policy import DEFAULT_VARIANTS


def consequences(edit: Edit) -> Iterator[str]:
    """What an operator may not expect, in sentences."""
    if is_variant(edit.name):
        yield from _on_variants(edit)
    yield from _on_experiment(edit)
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
    before, after = (one.policy.experiment if one.policy else None for one in (edit.before, edit.after))
    if before and (after is None or after.name != before.name):
        yield f"This ends the experiment {before.name}."
    if edit.starts_epoch and after:
        yield f"This starts a new epoch of the experiment {after.name}. An analysis counts from here."
        yield from _on_its_time(edit, after)


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
