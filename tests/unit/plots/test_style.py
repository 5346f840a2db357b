"""Plots stay small, however many samples they are of."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from plots.style import MAX_POINTS, distribution, save_plot, thinned


def test_thinning_keeps_the_order_and_the_extremes() -> None:
    samples = [float(number) for number in range(10_000)]
    kept = thinned(samples[::-1])
    assert len(kept) == MAX_POINTS
    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (0, 9_999)


def test_few_samples_are_all_kept() -> None:
    assert thinned([3, 1, 2]) == [1, 2, 3]


def test_a_thinned_distribution_has_the_quantiles_of_the_whole() -> None:
    values, shares = distribution([float(number) for number in range(10_001)])
    assert (shares[0], shares[-1]) == (0, 1)
    for value, share in zip(values, shares, strict=True):
        assert value == pytest.approx(10_000 * share, abs=1)


def test_the_same_figures_give_the_same_file_with_text_as_text(tmp_path: Path) -> None:
    def draw(figure: Figure) -> None:
        figure.add_subplot().set_title("A title")

    for name in ("one.svg", "two.svg"):
        save_plot(draw, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert ">A title</text>" in (tmp_path / "one.svg").read_text()
