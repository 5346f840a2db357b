"""An edit of one parameter, thought through before anything is written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.experiment import Experiment
from discovery.experiments.parser import parse_experiment
from discovery.policy.parameter_names import is_experiment
from discovery.policy.policy import Parameter, Policy
from discovery.policy.size import beginning, why_too_large
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
        if is_experiment(self.name):  # one that does not run is in no policy
            return _experiment(self.old.value) == _experiment(self.value)
        return _content(before) == _content(after)

    @property
    def starts_epoch(self) -> bool:
        """Whether it starts a new epoch of an experiment, so that an analysis counts from here."""
        return bool(self.new_epochs)

    @property
    def new_epochs(self) -> tuple[Experiment, ...]:
        """The experiments of which it starts a new epoch."""
        before, after = self.before.policy, self.after.policy
        if after is None:
            return ()
        known = {} if before is None else before.epochs
        return tuple(one for one in after.all_experiments if known.get(one.name) != after.epochs.get(one.name))

    @property
    def ended(self) -> tuple[Experiment, ...]:
        """The experiments that no longer assign anybody after it."""
        before, after = self.before.policy, self.after.policy
        running = {one.name for one in after.all_experiments if one.status == "running"} if after else set()
        were = before.all_experiments if before else ()
        return tuple(one for one in were if one.status == "running" and one.name not in running)


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
        if (reason := why_too_large(value)) is not None:
            raise PolicyRefused([Refusal(name, beginning(value), reason)])
        version = parameters[name].version if name in parameters else 0
        edited[name] = Parameter(value, version + 1, now)
    after = judge(edited, now)
    if blocking := [one for one in after.refusals if one.parameter == name or one not in before.refusals]:
        raise PolicyRefused(blocking)
    return Edit(name, value, before, after, now)


def _content(policy: Policy) -> Policy:
    return replace(policy, version="", epochs={})


def _experiment(value: str) -> Experiment | None:
    return parse_experiment(value.strip())
