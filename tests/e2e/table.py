"""What was invoked, for people to read when the tests are done."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """Rows of event, function, status and time."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, event: str, function: str, status: int | None, seconds: float) -> None:
        self.rows.append((event, function, "null" if status is None else str(status), f"{seconds:.1f} s"))

    def lines(self) -> list[str]:
        """The table as text; nothing where nothing was invoked."""
        if not self.rows:
            return []
        table = [("event", "function", "status", "time"), *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(4)]
        return ["", *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)]
