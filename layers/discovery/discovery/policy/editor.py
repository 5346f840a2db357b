"""The policy in an operator's hands: reading it, proposing an edit, writing that edit and judging what came of it."""

import contextlib
import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discovery.errors import DiscoveryError, RequestInvalid
from discovery.experiments.document import NO_EXPERIMENT
from discovery.policy.edit import Edit, propose
from discovery.policy.experiment_listing import ListedExperiment, listed_experiments
from discovery.policy.lifecycle import Step, as_draft, stepped
from discovery.policy.parameter_names import parameter_name, reversible_name, variant_name, weight_name
from discovery.policy.parameters import PolicyParameters, asking_parameter_store
from discovery.policy.parser import ENABLED, EXPERIMENT, EXPERIMENTS_FOLDER, HOLDOUT
from discovery.policy.policy import Parameter
from discovery.policy.size import needs_advanced_tier
from discovery.policy.verdict import Verdict, judge
from discovery.policy.version import Version, earlier

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class ChangedMeanwhile(DiscoveryError):
    """A parameter is no longer what the edit was proposed for; nothing is written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Somebody else changed {name} meanwhile.")


@dataclass(frozen=True)
class Written:
    """An edit that Parameter Store has taken."""

    edit: Edit
    version: int | None
    """The parameter's new version; None where it was removed."""

    @property
    def overwrote_another_edit(self) -> bool:
        """Whether another edit slipped in between the comparison and the writing; the history has its value."""
        old = self.edit.old
        return self.version is not None and self.version != (old.version if old else 0) + 1


class PolicyEditor:
    """Edits the parameters under one prefix; proposing writes nothing, and only `write` does.

    Names are relative to the prefix. Every method raises `PolicyUnavailable` where Parameter Store does not answer; the
    `propose` methods raise `PolicyRefused` for what the service would refuse, and `RequestInvalid` for what is not
    theirs to edit.
    """

    def __init__(self, client: Callable[[], "SSMClient"], prefix: str, clock: Callable[[], float] = time.time) -> None:
        """Take a function that makes the client, called at first use: importing boto3 takes a quarter of a second."""
        self._client = functools.cache(client)
        self._parameters = PolicyParameters(self._client, prefix)
        self._clock = clock
        self.prefix = prefix

    def verdict(self) -> Verdict:
        """The policy that Parameter Store holds now."""
        return judge(self._parameters.read(), self._clock())

    def parameter(self, name: str, parameters: Mapping[str, Parameter]) -> Parameter:
        """The parameter that an operator means, out of those that were read.

        Raises:
            RequestInvalid: there is none of this name.
        """
        full = parameter_name(name)
        return self._existing(full, parameters.get(full))

    def authors(self) -> dict[str, str]:
        """Who changed each parameter last (an ARN)."""
        filters = [{"Key": "Path", "Option": "Recursive", "Values": [self.prefix.rstrip("/")]}]
        with asking_parameter_store():
            pages = self._client().get_paginator("describe_parameters").paginate(ParameterFilters=filters)  # type: ignore[arg-type]
            return {
                found["Name"].removeprefix(self.prefix): found.get("LastModifiedUser", "")
                for page in pages
                for found in page["Parameters"]
            }

    def history(self, name: str) -> list[Version]:
        """A parameter's versions, the newest first.

        Raises:
            RequestInvalid: there is no parameter of this name.
        """
        full = parameter_name(name)
        versions: list[Version] = []
        with asking_parameter_store(), contextlib.suppress(self._client().exceptions.ParameterNotFound):
            pages = self._client().get_paginator("get_parameter_history").paginate(Name=self._path(full))
            versions = [
                Version(
                    one["Version"],
                    one["Value"],
                    one["LastModifiedDate"].timestamp(),
                    one.get("LastModifiedUser", ""),
                    tuple(one.get("Labels", ())),
                )
                for page in pages
                for one in page["Parameters"]
            ]
        newest_first = sorted(versions, key=lambda version: version.version, reverse=True)
        return self._existing(full, newest_first or None)

    def propose_weight(self, name: str, value: str) -> Edit:
        """Set the default weight, or that of a variant, new or not."""
        full = weight_name(name)
        return propose(self._parameters.read(), full, value, self._clock())

    def propose_removal(self, name: str) -> Edit:
        """Remove a variant, and its history with it."""
        full, parameters = variant_name(name), self._parameters.read()
        self.parameter(full, parameters)
        return propose(parameters, full, None, self._clock())

    def propose_rollback(self, name: str, version: int | None = None) -> Edit:
        """Give a parameter the value of an earlier version; without one named, of the version before the current.

        Raises:
            ChangedMeanwhile: the current version changed while the earlier one was chosen.
        """
        full = reversible_name(name)
        versions = self.history(full)
        value = earlier(versions, version).value
        parameters = self._parameters.read()
        if full not in parameters or parameters[full].version != versions[0].version:
            raise ChangedMeanwhile(full)
        return propose(parameters, full, value, self._clock())

    def propose_switch(self, *, enabled: bool) -> Edit:
        """Switch personalization on or off."""
        return propose(self._parameters.read(), ENABLED, "true" if enabled else "false", self._clock())

    def propose_experiment(self, document: str = NO_EXPERIMENT) -> Edit:
        """Start an experiment in place of the current one, or only end that."""
        return propose(self._parameters.read(), EXPERIMENT, document, self._clock())

    def propose_draft(self, name: str, document: str) -> Edit:
        """Create an experiment with a parameter of its own, or replace it while it is still a draft.

        Raises:
            RequestInvalid: there is one of this name, and it is no draft.
        """
        now, verdict = self._clock(), self.verdict()
        for existing in listed_experiments(verdict, now):
            if existing.name == name and existing.status not in ("draft", "refused"):
                raise RequestInvalid("name", f"There is an experiment {name} already. It is {existing.status}.")
        return propose(verdict.parameters, f"{EXPERIMENTS_FOLDER}{name}", as_draft(document), now)

    def propose_step(self, name: str, step: Step) -> Edit:
        """Start, pause, resume or complete the experiment of a name, in whichever parameter it is.

        Raises:
            RequestInvalid: there is no such experiment, or it can't take the step from where it is.
        """
        parameters = self._parameters.read()
        full = self.experiment(name, judge(parameters, self._clock())).parameter
        return propose(parameters, full, stepped(parameters[full].value, step), self._clock())

    def experiment(self, name: str, verdict: Verdict) -> ListedExperiment:
        """The experiment of a name.

        Raises:
            RequestInvalid: there is none.
        """
        for experiment in listed_experiments(verdict, self._clock()):
            if experiment.name == name:
                return experiment
        raise RequestInvalid("name", f"There is no experiment {name}. `discovery experiment list` shows them.")

    def propose_holdout(self, share: str) -> Edit:
        """Hold a share of all people out of every experiment."""
        return propose(self._parameters.read(), HOLDOUT, share, self._clock())

    def write(self, edit: Edit) -> Written:
        """Write an edit, if its parameter is still what the edit was proposed for.

        Parameter Store has a compare-and-set only for what does not exist yet. Between the comparison here and the
        writing another edit can slip in, which the result then says.

        Raises:
            ChangedMeanwhile: it is another parameter by now; nothing is written.
        """
        current = self._parameters.read().get(edit.name)
        if not _same(current, edit.old):
            raise ChangedMeanwhile(edit.name)
        path, client = self._path(edit.name), self._client()
        with asking_parameter_store():
            if edit.value is None:
                client.delete_parameter(Name=path)
                return Written(edit, None)
            tier: dict[str, Any] = {"Tier": "Advanced"} if needs_advanced_tier(edit.value) else {}
            kind: dict[str, Any] = {"Overwrite": True} if edit.old is not None else {"Type": "String"}
            try:
                answer = client.put_parameter(Name=path, Value=edit.value, **kind, **tier)
            except client.exceptions.ParameterAlreadyExists:
                raise ChangedMeanwhile(edit.name) from None
        return Written(edit, answer["Version"])

    def _existing[T](self, name: str, found: T | None) -> T:
        if found is None:
            raise RequestInvalid("name", f"There is no parameter {self._path(name)}.")
        return found

    def _path(self, name: str) -> str:
        return f"{self.prefix}{name}"


def _same(one: Parameter | None, other: Parameter | None) -> bool:
    """Whether two readings found the same edit; the time counts, since versions start anew where one was recreated."""
    if one is None or other is None:
        return one is other
    return (one.version, one.modified_at) == (other.version, other.modified_at)
