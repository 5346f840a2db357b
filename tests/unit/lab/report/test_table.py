"""Tables as Markdown and on the terminal."""

import io

from rich.console import Console

from lab.report.table import Table

TABLE = Table(("what", "ms", ""), [("a [b]", "1.5", "met"), ("c", "20", "")], title="Times", words=(0, 2))


def on_a_terminal(table: Table, *, colours: bool = False) -> str:
    file = io.StringIO()
    Console(file=file, width=80, force_terminal=colours, color_system="standard" if colours else None).print(
        table.printed()
    )
    return file.getvalue()


def test_numbers_are_aligned_to_the_right_in_markdown() -> None:
    assert TABLE.markdown().splitlines() == [
        "| what | ms |  |",
        "| --- | ---: | --- |",
        "| a [b] | 1.5 | met |",
        "| c | 20 |  |",
    ]


def test_the_terminal_shows_the_title_and_every_cell_as_it_is() -> None:
    printed = on_a_terminal(TABLE)
    assert printed.startswith("Times")
    assert all(cell in printed for row in TABLE.rows for cell in row)


def test_a_verdict_has_a_colour_on_the_terminal() -> None:
    assert "\x1b[32mmet\x1b[0m" in on_a_terminal(TABLE, colours=True)
