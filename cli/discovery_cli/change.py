"""Making an edit: show what it does, ask, write it, and say what Parameter Store holds then."""

import functools
import time
from dataclasses import dataclass
from typing import Any

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.consequences import consequences
from discovery.policy.edit import Edit
from discovery.policy.editor import PolicyEditor, Written
from discovery.policy.verdict import Verdict
from discovery_cli import tables
from discovery_cli.connection import Command, answers, with_editor
from discovery_cli.output import Output, Refused, Unreachable
from discovery_cli.watch import Watch, lightest, watching


@dataclass(frozen=True)
class Change:
    """The editor of a command, and how the command's user wants edits made."""

    editor: PolicyEditor
    output: Output
    yes: bool
    """Whether to write without asking."""
    watch: Watch | None = None
    """Waits for the edit's effect, if that is wanted."""

    def make(self, edit: Edit) -> None:
        """Write an edit, once somebody has agreed.

        Raises:
            ChangedMeanwhile, PolicyUnavailable, NotConfirmed: nothing is written.
            NotSeen, Unreachable: it is written. The API did not answer with it, or it could not be read back.
        """
        if edit.changes_nothing:
            document = {"parameter": edit.name, "written": False, "value": edit.value}
            self.output.show(document, f"{edit.name} is already {edit.value}. Nothing is written.")
            return
        self._present(edit)
        if not self.yes:
            self.output.confirm("Write this?")
        written = self.editor.write(edit)
        began = time.monotonic()
        after = self._read_back(written)
        document = _document(written, after)
        lines = [f"{edit.name} is {_done(written)}.", tables.policy_line(after)]
        if written.overwrote_another_edit:
            lines.append(
                f"! This overwrote another edit, made at the same moment: see `discovery weights history {edit.name}`."
            )
        if self.watch is not None and after.policy is not None:
            version, variant = after.policy.version, lightest(after.policy)
            document["seconds"] = seconds = self.watch.until_seen(version, variant, self.output, began, document)
            lines.append(f"The API answered with it after {seconds:.2f} s.")
        self.output.show(document, *lines)
        if after.policy is None:
            raise click.exceptions.Exit(Refused.exit_code)

    def _present(self, edit: Edit) -> None:
        self.output.say(tables.edit(edit))
        if not edit.before.parameters:
            self.output.say(f"! {tables.nothing_under(self.editor.prefix)}", style="yellow")
        for consequence in consequences(edit):
            self.output.say(f"! {consequence}", style="yellow")

    def _read_back(self, written: Written) -> Verdict:
        try:
            return self.editor.verdict()
        except PolicyUnavailable as error:
            name, version = written.edit.name, written.version
            message = f"{name} is {_done(written)}, but could not be read back: {error}"
            raise Unreachable(message, written=True, parameter=name, version=version) from error


def editing(command: Command) -> Command:
    """Give a command `--yes`, `--watch`, the options of a Parameter Store, and a `change` made of them."""

    @functools.wraps(command)
    def run(
        *args: object, editor: PolicyEditor, output: Output, yes: bool, watch: Watch | None, **options: object
    ) -> None:
        command(*args, change=Change(editor, output, yes, watch), **options)

    yes = click.option("--yes", "-y", is_flag=True, help="Write without asking, for scripts.")
    return yes(watching(answers(with_editor(run))))


def _done(written: Written) -> str:
    return "removed" if written.version is None else f"written as version {written.version}"


def _document(written: Written, after: Verdict) -> dict[str, Any]:
    edit = written.edit
    return {
        "parameter": edit.name,
        "written": True,
        "old": edit.old.value if edit.old else None,
        "value": edit.value,
        "version": written.version,
        "starts_epoch": edit.starts_epoch,
        "consequences": list(consequences(edit)),
        "overwrote_another_edit": written.overwrote_another_edit,
        "policy_version": after.policy.version if after.policy else None,
        "epoch": after.policy.epoch if after.policy else None,
        "refusals": [refusal._asdict() for refusal in after.refusals],
    }
