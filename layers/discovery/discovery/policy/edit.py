"""An edit of one parameter, thought through before anything is written. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from discovery.errors import PolicyRefused
from discovery.experiments.experiment import Experiment
from discovery.policy.parser import ENABLED, VARIANTS_FOLDER
from discovery.policy.policy import DEFAULT_VARIANTS, Parameter, Policy
from discovery.policy.verdict import Reading, is_variant, reading


@dataclass(frozen=True)
class Edit:
    """A new value for a parameter, or its end, and what that does to the policy."""

    name: str
    value: str | None
    """None removes it."""
    before: Reading
    after: Reading
    now: float
    """Unix seconds."""

    @property
    def old(self) -> Parameter | None:
        """What is there now."""
        return self.before.parameters.get(self.name)

    @property
    def changes_nothing(self) -> bool:
        """Whether it says what the parameter says already, if in other words: 0.4 for 0.40."""
        if self.value is None or self.old is None:
            return self.value is None and self.old is None
        before, after = self.before.policy, self.after.policy
        if before is None or after is None:
            return self.old.value.strip() == self.value
        return _content(before) == _content(after)

    def consequences(self) -> Iterator[str]:
        """Sentences on what an operator may not expect."""
        if is_variant(self.name):
            yield from self._on_variants()
        yield from self._on_experiment()
        if self.after.policy is None and self.name == ENABLED and self.value == "false":
            yield f"The policy stays refused: {PolicyRefused(self.after.refusals)}. It is switched off all the same."
        elif self.after.policy is None:
            yield (
                f"The policy stays refused: {PolicyRefused(self.after.refusals)}. Until that is mended, searches keep "
                "the last good policy, and nothing is seen of this."
            )
        elif self.before.policy is None:
            yield "The policy, refused until now, is accepted with this."
        elif not self.after.policy.enabled and self.name != ENABLED:
            yield "Personalization is switched off: nothing is seen of this until `discovery weights enable`."

    def _on_variants(self) -> Iterator[str]:
        built_in = ", ".join(DEFAULT_VARIANTS)
        variant = self.name.removeprefix(VARIANTS_FOLDER)
        if not any(map(is_variant, self.before.parameters)):
            yield f"Parameter Store holds no variant yet, so the built-in ones apply ({built_in}); with this they go."
        elif self.old is None:
            yield f"{variant} is a new variant."
        if not any(map(is_variant, self.after.parameters)):
            yield f"With the last variant gone, the built-in ones apply again: {built_in}."

    def _on_experiment(self) -> Iterator[str]:
        before, after = (one.policy.experiment if one.policy else None for one in (self.before, self.after))
        if before and (after is None or after.name != before.name):
            yield f"Ends the experiment {before.name}."
        if self.starts_epoch and after:
            yield f"Starts a new epoch of the experiment {after.name}: an analysis counts from here."
            yield from self._on_its_time(after)

    def _on_its_time(self, experiment: Experiment) -> Iterator[str]:
        if experiment.end is not None and experiment.end <= self.now:
            yield f"{experiment.name} has ended already: nobody is assigned by it."
        elif not experiment.runs(self.now):
            yield f"{experiment.name} has not begun yet: nobody is assigned by it before its start."

    @property
    def starts_epoch(self) -> bool:
        """Whether an experiment's analysis starts anew with it."""
        before, after = (one.policy.epoch if one.policy else None for one in (self.before, self.after))
        return after is not None and after != before


def propose(parameters: Mapping[str, Parameter], name: str, value: str | None, now: float) -> Edit:
    """An edit of parameters as they are; the value is trimmed.

    Raises:
        PolicyRefused: the value can't be part of the policy, or something that was good would not be any more. What is
            refused already and stays so does not count, or two bad values could not be mended one by one.
    """
    before = reading(parameters, now)
    edited = {other: parameter for other, parameter in parameters.items() if other != name}
    value = value if value is None else value.strip()
    if value is not None:
        version = parameters[name].version if name in parameters else 0
        edited[name] = Parameter(value, version + 1, now)
    after = reading(edited, now)
    if blocking := [one for one in after.refusals if one.parameter == name or one not in before.refusals]:
        raise PolicyRefused(blocking)
    return Edit(name, value, before, after, now)


def _content(policy: Policy) -> Policy:
    return replace(policy, version="", epoch=None)
