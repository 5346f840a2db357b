"""A table of texts, printed on the terminal or written as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import table as terminal
from rich.text import Text

_STYLES = {"met": "green", "missed": "red", "too close to tell": "yellow", "too noisy to tell": "yellow"}


@dataclass(frozen=True)
class Table:
    """A header and rows of as many cells; a verdict, where there is one, is the last cell."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    words: Sequence[int] = (0,)
    """The columns that hold words; all others hold numbers, which are aligned to the right."""

    def markdown(self) -> str:
        """In Markdown, without the title."""
        rule = ["---" if column in self.words else "---:" for column in range(len(self.header))]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in (self.header, rule, *self.rows))

    def printed(self) -> terminal.Table:
        """For rich's console, verdicts in their colours."""
        printed = terminal.Table(title=self.title or None, title_justify="left")
        for column, name in enumerate(self.header):
            printed.add_column(Text(name), justify="left" if column in self.words else "right")
        for *cells, last in self.rows:
            printed.add_row(*map(Text, cells), Text(last, style=_STYLES.get(last, "")))
        return printed
