"""Which rows have which names."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.membership import Membership

ROWS = (("Bo", "Ava"), (), ("AVA", "ava", "Cy"))


def test_names_that_differ_in_case_alone_are_one_and_a_row_has_it_once() -> None:
    membership = Membership.of(ROWS)

    assert list(membership.names) == ["Ava", "Bo", "Cy"]
    assert membership.pairs.T.tolist() == [[0, 1], [0, 0], [2, 0], [2, 2]]
    assert membership.codes == {"ava": 0, "bo": 1, "cy": 2}


def test_of_no_names_at_all_nobody_has_any(tmp_path: Path) -> None:
    Membership.of([(), ()]).save(tmp_path, "none")
    membership = Membership.open(tmp_path, "none")

    assert membership.having(frozenset(), 2).tolist() == [False, False]
    assert membership.counts(np.ones(2, dtype=np.bool_)).tolist() == []


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "C", "c"]), max_size=3), min_size=1, max_size=6),
    st.sets(st.sampled_from(["a", "b", "c"])),
    st.randoms(use_true_random=False),
)
def test_counts_and_rows_are_those_of_counting_one_by_one(rows: list[list[str]], wanted: set[str], random) -> None:  # type: ignore[no-untyped-def]
    membership = Membership.of(rows)
    kept = np.array([random.random() < 0.5 for _ in rows])
    own = [{name.casefold() for name in row} for row in rows]

    codes = frozenset(membership.codes[name] for name in wanted if name in membership.codes)
    assert membership.having(codes, len(rows)).tolist() == [bool(had & wanted) for had in own]
    assert membership.counts(kept).tolist() == [
        sum(name.casefold() in had for had, keep in zip(own, kept, strict=True) if keep) for name in membership.names
    ]
