"""An operator's edits, on a real SSM API: proposed, compared, written, and judged afterwards."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from discovery.errors import PolicyRefused, PolicyUnavailable, RequestInvalid
from discovery.policy.edit import propose
from discovery.policy.editor import ChangedMeanwhile, PolicyEditor
from discovery.policy.policy import Parameter
from tests.integration.conftest import Put

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Overtake = Callable[[str, Callable[[], None]], None]
"""Does something just before the editor's next call of an operation, such as `PutParameter`."""


@pytest.fixture
def ssm(aws: pytest.MonkeyPatch) -> "SSMClient":
    return boto3.client("ssm")


@pytest.fixture
def editor(ssm: "SSMClient", stage: str) -> PolicyEditor:
    return PolicyEditor(lambda: ssm, f"/discovery/{stage}/personalization/")


@pytest.fixture
def overtake(ssm: "SSMClient") -> Overtake:
    def register(operation: str, act: Callable[[], None]) -> None:
        event = f"before-call.ssm.{operation}"

        def once(**_: Any) -> None:
            ssm.meta.events.unregister(event, once)
            act()

        ssm.meta.events.register(event, once)

    return register


def value(editor: PolicyEditor, name: str) -> str:
    """What Parameter Store holds now."""
    return editor.verdict().parameters[name].value


def test_proposing_writes_nothing(editor: PolicyEditor, put: Put) -> None:
    put("boost_weight", "0.3")

    edit = editor.propose_weight("boost_weight", "0.5")

    assert edit.value == "0.5"
    assert value(editor, "boost_weight") == "0.3"


def test_an_edit_is_written_as_a_new_version_and_is_the_policy_afterwards(editor: PolicyEditor, put: Put) -> None:
    put("boost_weight", "0.3")

    written = editor.write(editor.propose_weight("boost_weight", "0.5"))

    assert (written.version, written.overwrote_another_edit) == (2, False)
    assert editor.verdict().accepted().boost_weight == 0.5


def test_a_parameter_that_does_not_exist_is_created(editor: PolicyEditor) -> None:
    written = editor.write(editor.propose_weight("brave", "0.9"))

    assert (written.version, written.overwrote_another_edit) == (1, False)
    assert dict(editor.verdict().accepted().variants) == {"brave": 0.9}


def test_a_variant_is_removed(editor: PolicyEditor, put: Put) -> None:
    put("variants/brave", "0.9")
    put("variants/calm", "0.1")

    written = editor.write(editor.propose_removal("brave"))

    assert (written.version, written.overwrote_another_edit) == (None, False)
    assert list(editor.verdict().parameters) == ["variants/calm"]


def test_the_switch_and_the_experiment_have_proposals_of_their_own(editor: PolicyEditor) -> None:
    editor.write(editor.propose_switch(enabled=False))
    editor.write(editor.propose_experiment('{"name": "s", "traffic_allocation": 1, "variants": {"control": 1}}'))
    started = editor.verdict().accepted()
    editor.write(editor.propose_experiment())

    assert not started.enabled
    assert started.experiment is not None
    assert editor.verdict().accepted().experiment is None


def test_a_rollback_proposes_the_value_of_an_earlier_version(editor: PolicyEditor, put: Put) -> None:
    for weight in ("0.1", "0.2", "0.3"):
        put("boost_weight", weight)

    assert editor.propose_rollback("boost_weight").value == "0.2"
    assert editor.propose_rollback("boost_weight", 1).value == "0.1"


def test_a_rollback_to_a_value_that_the_service_refuses_is_refused(editor: PolicyEditor, put: Put) -> None:
    put("boost_weight", "abc")
    put("boost_weight", "0.3")

    with pytest.raises(PolicyRefused):
        editor.propose_rollback("boost_weight")


@pytest.mark.parametrize(
    "ask",
    [
        lambda editor: editor.parameter("nobody", editor.verdict().parameters),
        lambda editor: editor.history("nobody"),
        lambda editor: editor.propose_removal("nobody"),
        lambda editor: editor.propose_rollback("nobody"),
    ],
)
def test_a_parameter_that_does_not_exist_is_named_with_its_path(
    editor: PolicyEditor, ask: Callable[[PolicyEditor], object]
) -> None:
    with pytest.raises(RequestInvalid, match=f"no parameter {editor.prefix}variants/nobody"):
        ask(editor)


def test_what_was_changed_meanwhile_is_not_overwritten(editor: PolicyEditor, put: Put) -> None:
    put("boost_weight", "0.3")
    put("variants/brave", "0.9")
    edits = [editor.propose_weight("boost_weight", "0.5"), editor.propose_removal("brave")]
    put("boost_weight", "0.4")
    put("variants/brave", "0.8")

    for edit in edits:
        with pytest.raises(ChangedMeanwhile):
            editor.write(edit)
    assert value(editor, "boost_weight") == "0.4"
    assert value(editor, "variants/brave") == "0.8"


def test_what_was_created_meanwhile_is_not_overwritten(editor: PolicyEditor, put: Put, overtake: Overtake) -> None:
    before, during = editor.propose_weight("boost_weight", "0.5"), editor.propose_weight("brave", "0.5")
    put("boost_weight", "0.3")
    overtake("PutParameter", lambda: put("variants/brave", "0.9"))

    for edit in (during, before):
        with pytest.raises(ChangedMeanwhile):
            editor.write(edit)
    assert value(editor, "boost_weight") == "0.3"
    assert value(editor, "variants/brave") == "0.9"


def test_what_was_removed_meanwhile_is_not_created_anew(editor: PolicyEditor) -> None:
    with pytest.raises(ChangedMeanwhile):
        editor.write(propose({"boost_weight": Parameter("0.3", 1)}, "boost_weight", "0.5", 0.0))
    assert dict(editor.verdict().parameters) == {}


def test_a_parameter_that_changes_while_its_rollback_is_chosen_is_not_rolled_back(
    editor: PolicyEditor, put: Put, overtake: Overtake
) -> None:
    put("boost_weight", "0.1")
    put("boost_weight", "0.2")
    overtake("GetParametersByPath", lambda: put("boost_weight", "0.3"))

    with pytest.raises(ChangedMeanwhile, match="Somebody else changed boost_weight"):
        editor.propose_rollback("boost_weight")


def test_an_edit_that_slips_in_before_the_writing_is_overwritten_and_that_is_seen(
    editor: PolicyEditor, put: Put, overtake: Overtake
) -> None:
    put("boost_weight", "0.3")
    edit = editor.propose_weight("boost_weight", "0.5")
    overtake("PutParameter", lambda: put("boost_weight", "0.4"))

    written = editor.write(edit)

    assert (written.version, written.overwrote_another_edit) == (3, True)
    assert [version.value for version in editor.history("boost_weight")] == ["0.5", "0.4", "0.3"]


def test_authors_are_named_by_parameter(editor: PolicyEditor, put: Put) -> None:
    put("boost_weight", "0.3")
    put("variants/brave", "0.9")

    assert editor.authors().keys() == {"boost_weight", "variants/brave"}


def test_an_api_that_is_not_there_is_unavailable(aws: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_tcp_port}")
    editor = PolicyEditor(lambda: boto3.client("ssm"), "/discovery/nowhere/personalization/")

    for ask in (editor.verdict, editor.authors, lambda: editor.history("boost_weight")):
        with pytest.raises(PolicyUnavailable):
            ask()
