"""An edit of one parameter, and what it does to the policy before anything is written. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from discovery.errors import PolicyRefused
from discovery.experiments.experiment import Experiment
from discovery.policy.experiment_status import phase
from discovery.policy.parameter_names import is_variant
from discovery.policy.parser import ENABLED, VARIANTS_FOLDER
from discovery.policy.policy import DEFAULT_VARIANTS, Parameter, Policy
from discovery.policy.verdict import Verdict, judge


@dataclass(frozen=True)
class Edit:
    """A new value for a parameter, or its removal, with the policy before and after it."""

    name: str
    value: str | None
    """None removes the parameter."""
    before: Verdict
    after: Verdict
    now: float
    """Unix seconds."""

    @property
    def old(self) -> Parameter | None:
        """The parameter that the edit replaces."""
        return self.before.parameters.get(self.name)

    @property
    def changes_nothing(self) -> bool:
        """Whether the new value means the same as the old one, as 0.4 and 0.40 do."""
        if self.value is None or self.old is None:
            return self.value is None and self.old is None
        before, after = self.before.policy, self.after.policy
        if before is None or after is None:
            return self.old.value.strip() == self.value
        return _content(before) == _content(after)

    @property
    def starts_epoch(self) -> bool:
        """Whether it starts a new epoch of an experiment, so that an analysis counts from here."""
        before, after = (one.policy.epoch if one.policy else None for one in (self.before, self.after))
        return after is not None and after != before

    def consequences(self) -> Iterator[str]:
        """What an operator may not expect, in sentences."""
        if is_variant(self.name):
            yield from self._on_variants()
        yield from self._on_experiment()
        yield from self._on_policy()

    def _on_variants(self) -> Iterator[str]:
        built_in = ", ".join(DEFAULT_VARIANTS)
        if not any(map(is_variant, self.before.parameters)):
            yield f"Parameter Store holds no variants yet. This one replaces the built-in ones: {built_in}."
        elif self.old is None:
            yield f"{self.name.removeprefix(VARIANTS_FOLDER)} is a new variant."
        if not any(map(is_variant, self.after.parameters)):
            yield f"This removes the last variant. The built-in ones apply again: {built_in}."

    def _on_experiment(self) -> Iterator[str]:
        before, after = (one.policy.experiment if one.policy else None for one in (self.before, self.after))
        if before and (after is None or after.name != before.name):
            yield f"This ends the experiment {before.name}."
        if self.starts_epoch and after:
            yield f"This starts a new epoch of the experiment {after.name}. An analysis counts from here."
            yield from self._on_its_time(after)

    def _on_its_time(self, experiment: Experiment) -> Iterator[str]:
        match phase(experiment, self.now):
            case "ended":
                yield f"The end of the experiment {experiment.name} has passed, so it assigns nobody."
            case "scheduled":
                yield f"The experiment {experiment.name} assigns nobody before its start."

    def _on_policy(self) -> Iterator[str]:
        if self.after.policy is None:
            switches_off = self.name == ENABLED and self.value == "false"
            yield f"The policy stays refused: {PolicyRefused(self.after.refusals)}. " + (
                "Personalization is switched off even so."
                if switches_off
                else "Searches keep the last good policy until that is mended, so this edit has no effect yet."
            )
        elif self.before.policy is None:
            yield "The policy was refused until now. With this edit it is accepted."
        elif not self.after.policy.enabled and self.name != ENABLED:
            yield "Personalization is switched off, so this edit has no effect until it is switched on."


def propose(parameters: Mapping[str, Parameter], name: str, value: str | None, now: float) -> Edit:
    """An edit of parameters as they are; the value is trimmed, and None removes the parameter.

    Raises:
        PolicyRefused: the value can't be part of the policy, or another one no longer can. What is refused already and
            stays refused is not counted: otherwise two bad values could not be mended one after the other.
    """
    before = judge(parameters, now)
    edited = {other: parameter for other, parameter in parameters.items() if other != name}
    value = value if value is None else value.strip()
    if value is not None:
        version = parameters[name].version if name in parameters else 0
        edited[name] = Parameter(value, version + 1, now)
    after = judge(edited, now)
    if blocking := [one for one in after.refusals if one.parameter == name or one not in before.refusals]:
        raise PolicyRefused(blocking)
    return Edit(name, value, before, after, now)


def _content(policy: Policy) -> Policy:
    return replace(policy, version="", epoch=None)
