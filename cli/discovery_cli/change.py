"""Making an edit: show what it does, ask, write, and say what Parameter Store then holds."""

import time
from collections.abc import Mapping
from typing import Any

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.edit import Edit, propose
from discovery.policy.editor import ChangedMeanwhile, ParameterStore
from discovery.policy.policy import Parameter
from discovery.policy.verdict import Reading, reading
from discovery_cli import tables
from discovery_cli.output import NotConfirmed, Output, Refused, Unreachable
from discovery_cli.watch import Watch, lightest

_CHANGED = "{} was changed by somebody else in between; nothing is written. Look again and repeat."


def change(
    store: ParameterStore,
    output: Output,
    name: str,
    value: str | None,
    *,
    yes: bool,
    watch: Watch | None = None,
    chosen_at: int | None = None,
) -> None:
    """Set a parameter, or remove it where the value is None, once somebody has agreed.

    `chosen_at`: the version of it that was there when the value was chosen, where that matters.

    Raises:
        PolicyRefused, PolicyUnavailable, NotConfirmed: nothing is written.
        NotSeen, Unreachable: it is, and the API did not answer with it, or Parameter Store not at all any more.
    """
    edit = propose(store.read(), name, value, time.time())
    if chosen_at is not None and edit.old is not None and edit.old.version != chosen_at:
        raise NotConfirmed(_CHANGED.format(name), written=False)
    if edit.changes_nothing:
        document = {"parameter": name, "written": False, "value": edit.value}
        output.show(document, f"{name} is {edit.value} already; nothing is written.")
        return
    output.say(tables.edit(edit))
    if not edit.before.parameters:
        output.say(f"! {tables.nothing_under(store.prefix)}", style="yellow")
    for consequence in edit.consequences():
        output.say(f"! {consequence}", style="yellow")
    if not yes:
        output.confirm("Write this?")
    version = _write(store, edit)
    began = time.monotonic()
    after = _read_back(store, name, version)
    document = _document(edit, version, after)
    lines = [f"{name}: written as version {version}." if version else f"{name}: removed.", tables.policy_line(after)]
    if _overwrote(edit, version):
        lines.append(f"! Another edit came in between and is overwritten; `discovery weights history {name}` has it.")
    if watch is not None and after.policy is not None:
        seconds = watch.until_seen(after.policy.version, lightest(after.policy), output, began, document)
        document["seconds"] = seconds
        lines.append(f"Seen by the API after {seconds:.2f} s.")
    output.show(document, *lines)
    if after.policy is None:
        raise click.exceptions.Exit(Refused.exit_code)


def _write(store: ParameterStore, edit: Edit) -> int | None:
    """The version written; None where the parameter was removed."""
    try:
        if edit.value is not None:
            return store.write(edit.name, edit.value, edit.old)
        store.remove(edit.name, edit.old or Parameter(""))
    except ChangedMeanwhile as changed:
        raise NotConfirmed(_CHANGED.format(changed), written=False) from None
    return None


def _read_back(store: ParameterStore, name: str, version: int | None) -> Reading:
    try:
        return reading(store.read(), time.time())
    except PolicyUnavailable as error:
        message = f"{name} is written, but Parameter Store does not say what it holds now: {error}"
        raise Unreachable(message, written=True, parameter=name, version=version) from error


def _overwrote(edit: Edit, version: int | None) -> bool:
    return version is not None and version != (edit.old.version if edit.old else 0) + 1


def _document(edit: Edit, version: int | None, after: Reading) -> dict[str, Any]:
    refusals: list[Mapping[str, str]] = [refusal._asdict() for refusal in after.refusals]
    return {
        "parameter": edit.name,
        "written": True,
        "old": edit.old.value if edit.old else None,
        "value": edit.value,
        "version": version,
        "starts_epoch": edit.starts_epoch,
        "consequences": list(edit.consequences()),
        "overwrote_another_edit": _overwrote(edit, version),
        "policy_version": after.policy.version if after.policy else None,
        "epoch": after.policy.epoch if after.policy else None,
        "refusals": refusals,
    }
