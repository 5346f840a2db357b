"""A page of docs/: generated parts, each between two markers, and prose around them that is written by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """The place of some results in a page."""

    name: str
    target: str
    """Of make, which writes them."""

    @property
    def begin(self) -> str:
        """The marker before."""
        return f"<!-- results of {self.name}: written by `make {self.target}` -->"

    @property
    def end(self) -> str:
        """The marker after."""
        return f"<!-- end of {self.name} -->"

    def renewed(self, text: str, generated: str) -> str:
        """The text of a page with what is between the markers replaced.

        Raises:
            ValueError: it has not each marker once, in order.
        """
        before, found, rest = text.partition(self.begin)
        _, closed, after = rest.partition(self.end)
        if not found or not closed or self.begin in rest or self.end in before + after:
            raise ValueError(f"the page needs {self.begin} and then {self.end}, each once")
        return f"{before}{self.begin}\n\n{generated.strip()}\n\n{self.end}{after}"


def check_page(page: Path, parts: Iterable[Part]) -> None:
    """Make sure that a page can be written, before a measurement that takes minutes.

    Raises:
        OSError: there is no such page.
        ValueError: it lacks a part's markers.
    """
    for part in parts:
        part.renewed(page.read_text(), "")


def write_page(page: Path, parts: Mapping[Part, str], *, template: Path | None = None) -> None:
    """Write a page with these parts renewed, and all else as it stands in the template, by default the page itself.

    Raises:
        OSError: there is no such page.
        ValueError: it lacks a part's markers; nothing is written then.
    """
    text = (template or page).read_text()
    for part, generated in parts.items():
        text = part.renewed(text, generated)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text)
