"""A report as Markdown and on the terminal."""

import io

from rich.console import Console

from lab.report.presentation import markdown, print_report
from lab.report.result import Comparison, Figure, Report, Result


def report(noise: float) -> Report:
    result = Result(
        benchmark="cached",
        title="Cost",
        catalogue="demo",
        figures=[Figure.of("a", [0.001])],
        comparisons=[Comparison("a ÷ b", 2.0, 1.5, 2.5, target=3.0)],
        noise=noise,
        notes=["a note"],
        grid=[["titles", "build"], ["1,000", "2 s"]],
    )
    return Report([result, result], "Measured on some machine.")


def test_the_page_shows_ratios_with_interval_target_and_verdict() -> None:
    written = markdown(report(noise=0.01))
    assert written.startswith("## Cost\n\nMeasured on some machine.\n\n**demo**\n\n")
    assert "| a ÷ b | 2.00 × | 1.50 × – 2.50 × | ≤ 3.00 × | met |" in written
    assert "| 1,000 | 2 s |" in written
    assert "NOISY" not in written


def test_a_note_of_several_catalogues_is_written_once() -> None:
    assert markdown(report(noise=0.01)).count("- a note") == 1


def test_the_page_says_when_the_machine_was_noisy() -> None:
    assert "NOISY, above 15%.**" in markdown(report(noise=0.4))


def test_the_terminal_shows_the_same() -> None:
    file = io.StringIO()
    print_report(report(noise=0.4), Console(file=file, width=140))
    printed = file.getvalue()
    assert all(text in printed for text in ("Cost · demo", "1.50 × – 2.50 ×", "met", "2 s", "NOISY", "· a note"))
