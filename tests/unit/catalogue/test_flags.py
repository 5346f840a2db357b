"""Bits of rows say what an array of booleans would."""

import numpy as np
import pytest
from numpy.typing import NDArray

from discovery.catalogue.flags import Flags
from discovery.catalogue.membership import Coded

NAMES = 5


@pytest.fixture(params=[1, 7, 8, 9, 4000])
def members(request: pytest.FixtureRequest) -> NDArray[np.bool_]:
    """What each row has, `[n, v]`; nobody has the last name."""
    drawn: NDArray[np.bool_] = np.random.default_rng(7).random((request.param, NAMES)) < 0.3
    drawn[:, -1] = False
    return drawn


@pytest.fixture
def flags(members: NDArray[np.bool_]) -> Flags:
    """The same as bits."""
    return Flags.of(Coded(*np.nonzero(members)), NAMES, len(members))


@pytest.mark.parametrize("codes", [[], [0], [3, 1], [4], [0, 1, 2, 3, 4]])
def test_rows_have_any_of_some_names_or_so_many_of_them(
    flags: Flags, members: NDArray[np.bool_], codes: list[int]
) -> None:
    assert flags.having(codes).tolist() == members[:, codes].any(axis=1).tolist()
    assert flags.shared(codes).tolist() == members[:, codes].sum(axis=1).tolist()


def test_rows_have_names(flags: Flags, members: NDArray[np.bool_]) -> None:
    assert flags.sizes().tolist() == members.sum(axis=1).tolist()
    assert flags.codes(len(members) - 1) == np.flatnonzero(members[-1]).tolist()


def test_rows_have_a_share_of_names(flags: Flags, members: NDArray[np.bool_]) -> None:
    rows = np.arange(len(members))[::-3]

    assert flags.share({2, 0}, rows).tolist() == members[rows][:, [0, 2]].mean(axis=1).tolist()


@pytest.mark.parametrize("share", [0, 0.01, 1])
def test_names_are_counted_among_few_rows_and_among_many(
    flags: Flags, members: NDArray[np.bool_], share: float
) -> None:
    rows = np.random.default_rng(8).permutation(len(members))[: round(share * len(members))]

    assert flags.counts(rows).tolist() == members[rows].sum(axis=0).tolist()
