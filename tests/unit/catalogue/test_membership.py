"""Which rows have which names."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.membership import Membership
from discovery.catalogue.title_key import name_key

ROWS = (("Bo", "Ava"), (), ("AVA", "Ava", "The Cy"), ("?!", "Óscar Çelik"))
NAMES = st.sampled_from(["a", "B", "b", "The B", "é", "e", "?!", "!?", "Zoë-Ann", "zoe ann"])


def test_names_of_one_key_are_one_in_its_most_frequent_spelling_and_a_row_has_it_once() -> None:
    membership = Membership.of(ROWS)

    assert list(membership.names) == ["?!", "Ava", "Bo", "The Cy", "Óscar Çelik"]
    assert (membership.offsets.tolist(), membership.codes.tolist()) == ([0, 2, 2, 4, 6], [1, 2, 1, 3, 0, 4])


def test_a_name_is_found_by_its_key_alone() -> None:
    membership = Membership.of(ROWS)

    assert [membership.code(key) for key in ("?!", "ava", "bo", "cy", "oscar celik")] == [0, 1, 2, 3, 4]
    assert [membership.code(key) for key in ("", "av", "Ava", "avb", "zed")] == [None] * 5


def test_of_no_names_at_all_nobody_has_any(tmp_path: Path) -> None:
    Membership.of([(), ()]).save(tmp_path, "none")
    membership = Membership.open(tmp_path, "none")

    assert membership.code("a") is None
    assert membership.having(()).tolist() == [False, False]
    assert membership.counts(np.arange(2)).tolist() == membership.counts(np.arange(1)).tolist() == []


def test_numbers_take_as_few_bytes_as_they_need() -> None:
    few, many = Membership.of([["a"]] * 255), Membership.of([[str(number)] for number in range(256 + 1)])

    assert (few.offsets.itemsize, few.codes.itemsize) == (1, 1)
    assert (many.offsets.itemsize, many.codes.itemsize) == (2, 2)
    assert many.counts(np.array([256, 3])).sum() == 2


@given(rows=st.lists(st.lists(NAMES, max_size=3), min_size=1, max_size=6), wanted=st.sets(NAMES), data=st.data())
def test_counts_and_rows_are_those_of_counting_one_by_one(
    rows: list[list[str]], wanted: set[str], data: st.DataObject
) -> None:
    membership = Membership.of(rows)
    counted = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True))
    own = [{name_key(name) for name in row} for row in rows]
    keys = {name_key(name) for name in wanted}

    codes = [code for code in map(membership.code, keys) if code is not None]
    assert membership.having(codes).tolist() == [bool(had & keys) for had in own]
    assert membership.counts(np.array(counted, dtype=np.intp)).tolist() == [
        sum(name_key(name) in own[row] for row in counted) for name in membership.names
    ]
