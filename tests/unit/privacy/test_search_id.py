"""Ids of searches that prove themselves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.privacy.hashing import client_hash, user_hash
from discovery.privacy.search_id import mint, verify

KEY = b"key"
ANA, BEN = (user_hash(user, KEY) for user in ("ana", "ben"))


@pytest.mark.parametrize("user", [ANA, None], ids=["a person", "nobody"])
def test_an_id_is_known_by_whom_it_was_given_to_and_when(user: str | None) -> None:
    search_id = mint(KEY, user, 1_800_000_000.9)

    assert re.fullmatch("[0-9a-f]{32}", search_id)
    assert verify(KEY, user, search_id) == 1_800_000_000


def test_nobody_elses_id_is_known() -> None:
    assert verify(KEY, BEN, mint(KEY, ANA, 1e9)) is None
    assert verify(KEY, None, mint(KEY, ANA, 1e9)) is None
    assert verify(KEY, ANA, mint(KEY, None, 1e9)) is None
    assert verify(b"another key", ANA, mint(KEY, ANA, 1e9)) is None


def test_ids_are_different() -> None:
    assert len({mint(KEY, ANA, 1e9) for _ in range(1000)}) == 1000


def test_without_a_key_an_id_is_random_and_proves_nothing() -> None:
    search_id = mint(b"", ANA, 1e9)

    assert re.fullmatch("[0-9a-f]{32}", search_id)
    assert mint(b"", ANA, 1e9) != search_id
    assert verify(b"", ANA, search_id) is None


@given(st.one_of(st.text(), st.from_regex("[0-9a-f]{32}", fullmatch=True)))
def test_what_is_made_up_is_not_known(text: str) -> None:
    assert verify(KEY, ANA, text) is None


@given(st.integers(0, 31))
def test_an_id_of_which_one_digit_is_changed_is_not_known(place: int) -> None:
    search_id = mint(KEY, ANA, 1e9)
    digit = "0" if search_id[place] != "0" else "1"

    assert verify(KEY, ANA, search_id[:place] + digit + search_id[place + 1 :]) is None


def test_a_client_is_never_named_as_a_user_is() -> None:
    assert client_hash("ana", KEY) != user_hash("ana", KEY)
    assert client_hash("ana", KEY) == client_hash("ana", KEY) != client_hash("ana", b"another")
