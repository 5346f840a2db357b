"""JSON of plain values, and nothing else."""

import json

import pytest
from opensearchpy.exceptions import SerializationError

from discovery.opensearch.quick_json import QuickJson

QUICK = QuickJson()


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "é\n"]}, [], "", {"deep": {"er": {}}}])
def test_what_is_written_is_read_again(value: object) -> None:
    written = json.dumps(value)

    assert QUICK.loads(written) == value
    assert json.loads(QUICK.dumps(value) if not isinstance(value, str) else written) == value


def test_a_text_is_taken_for_json_already() -> None:
    assert QUICK.dumps('{"a": 1}') == '{"a": 1}'


@pytest.mark.parametrize("text", ["", "{", '{"took": 1, "hits', "<html>"])
def test_half_an_answer_is_an_error_of_the_client(text: str) -> None:
    with pytest.raises(SerializationError):
        QUICK.loads(text)


def test_what_json_has_no_value_for_is_an_error_of_the_client() -> None:
    with pytest.raises(SerializationError):
        QUICK.dumps({"a": object()})
