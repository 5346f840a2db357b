"""What an edit says of itself when things go wrong after it is written."""

import pytest

from discovery.errors import PolicyUnavailable
from discovery.policy.editor import ParameterStore
from discovery.policy.policy import Parameter
from discovery_cli.change import change
from discovery_cli.output import NotConfirmed, Output, Unreachable
from tests.fakes import parameters


class Fading(ParameterStore):
    """Takes a value, and answers nothing afterwards."""

    def __init__(self) -> None:
        self.prefix = "/discovery/test/personalization/"
        self.written: dict[str, str] = {}

    def read(self) -> dict[str, Parameter]:
        if self.written:
            raise PolicyUnavailable("throttled")
        return parameters({"boost_weight": "0.3"})

    def write(self, name: str, value: str, replaces: Parameter | None) -> int:  # noqa: ARG002
        self.written[name] = value
        return 2


def test_that_it_is_written_is_said_though_parameter_store_then_fails() -> None:
    store = Fading()

    with pytest.raises(Unreachable, match="boost_weight is written") as failed:
        change(store, Output(as_json=True), "boost_weight", "0.5", yes=True)

    assert store.written == {"boost_weight": "0.5"}
    assert failed.value.document == {"written": True, "parameter": "boost_weight", "version": 2}


def test_a_value_that_was_chosen_before_somebody_elses_edit_is_not_written() -> None:
    """A rollback chooses the version before the current one, and then another is current."""
    store = Fading()

    with pytest.raises(NotConfirmed, match="changed by somebody else"):
        change(store, Output(as_json=True), "boost_weight", "0.5", yes=True, chosen_at=7)

    assert store.written == {}
