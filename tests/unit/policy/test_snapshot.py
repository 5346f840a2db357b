"""The policy as JSON: what is encoded is decoded, and nothing else is."""

import json

import pytest

from discovery.errors import PolicyRefused
from discovery.policy.parser import parse_policy
from discovery.policy.policy import Policy
from discovery.policy.snapshot import decode, encode
from tests.fakes import parameters

DEFAULT = Policy(boost_weight=0.25)
NOW = 2000.0


def test_a_snapshot_gives_the_policy_of_its_parameters_and_its_time() -> None:
    values = parameters({"boost_weight": "0.3", "variants/control": "0"})

    policy = decode(encode(values, 1234.5).encode(), DEFAULT, not_after=NOW)

    assert policy == parse_policy(values, DEFAULT, 1234.5)
    assert (policy.read_at, policy.parameters) == (1234.5, values)


def test_a_snapshot_is_the_same_whatever_the_order_of_the_parameters() -> None:
    assert encode(parameters({"a": "1", "b": "2"}), 1) == encode(parameters({"b": "2", "a": "1"}), 1)


@pytest.mark.parametrize(
    "found",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"7",
        b"[]",
        b"{}",
        b'{"read_at": 1}',
        b'{"parameters": {}}',
        b'{"read_at": "1", "parameters": {}}',
        b'{"read_at": 1, "parameters": []}',
        b'{"read_at": 2001, "parameters": {}}',
        b'{"read_at": NaN, "parameters": {}}',
        b'{"read_at": 1, "parameters": {"boost_weight": 0.3}}',
        b'{"read_at": 1, "parameters": {"boost_weight": "0.3"}}',
        b'{"read_at": 1, "parameters": {"boost_weight": [0.3, 1, 0]}}',
        b'{"read_at": 1, "parameters": {"boost_weight": ["0.3", 1]}}',
    ],
)
def test_what_is_no_snapshot_is_said_to_be_none(found: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is JSON's own for some
        decode(found, DEFAULT, not_after=NOW)


def test_a_snapshot_with_a_value_that_this_code_refuses_says_which() -> None:
    found = json.dumps({"read_at": 1, "parameters": {"boost_weight": ["7", 1, 0]}}).encode()

    with pytest.raises(PolicyRefused, match="boost_weight"):
        decode(found, DEFAULT, not_after=NOW)
