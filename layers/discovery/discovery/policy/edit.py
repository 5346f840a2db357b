"""An edit of one parameter, thought through before anything is written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from discovery.errors import PolicyRefused
from discovery.policy.policy import Parameter, Policy
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
