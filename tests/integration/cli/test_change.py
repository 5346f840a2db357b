"""What an edit says of itself when something happens while it is written, or right afterwards."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from discovery.policy.editor import PolicyEditor
from discovery_cli.change import Change
from discovery_cli.output import Output, Unreachable
from tests.integration.conftest import Put

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Values = Callable[[], dict[str, str]]


@pytest.fixture
def ssm(aws: pytest.MonkeyPatch) -> "SSMClient":
    return boto3.client("ssm")


@pytest.fixture
def change(ssm: "SSMClient", stage: str) -> Change:
    editor = PolicyEditor(lambda: ssm, f"/discovery/{stage}/personalization/")
    return Change(editor, Output(as_json=False), yes=True)


@pytest.fixture
def _fails_after_writing(ssm: "SSMClient") -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://ssm.test")

    def written(**_: Any) -> None:
        ssm.meta.events.register("before-call.ssm.GetParametersByPath", unreachable)

    for operation in ("PutParameter", "DeleteParameter"):
        ssm.meta.events.register(f"after-call.ssm.{operation}", written)


@pytest.mark.usefixtures("_fails_after_writing")
def test_an_edit_that_can_not_be_read_back_is_said_to_be_written(change: Change, put: Put, values: Values) -> None:
    put("boost_weight", "0.3")

    with pytest.raises(Unreachable, match="boost_weight is written as version 2, but could not be read back") as failed:
        change.make(change.editor.propose_weight("boost_weight", "0.5"))

    assert failed.value.document == {"written": True, "parameter": "boost_weight", "version": 2}
    assert values()["boost_weight"] == "0.5"


@pytest.mark.usefixtures("_fails_after_writing")
def test_a_removal_that_can_not_be_read_back_is_said_to_be_done(change: Change, put: Put, values: Values) -> None:
    put("variants/brave", "0.3")

    with pytest.raises(Unreachable, match="variants/brave is removed, but could not be read back"):
        change.make(change.editor.propose_removal("brave"))

    assert values() == {}


def test_an_edit_that_overwrote_another_says_where_that_one_is(
    change: Change, ssm: "SSMClient", put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put("boost_weight", "0.3")
    edit = change.editor.propose_weight("boost_weight", "0.5")
    ssm.meta.events.register("before-call.ssm.PutParameter", lambda **_: put("boost_weight", "0.4"))

    change.make(edit)

    assert "! This overwrote another edit" in capsys.readouterr().out
