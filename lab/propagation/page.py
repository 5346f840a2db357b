"""The results in docs/weights.md, between two markers; the prose around them is by hand and stays."""

from collections.abc import Sequence
from pathlib import Path

from discovery.policy.snapshot import SNAPSHOT_SHARE
from lab.propagation.edits import PERIOD
from lab.propagation.tables import Results, Table

BEGIN, END = "<!-- results of propagation: written by `make propagation` -->", "<!-- end of propagation -->"


def block(results: Results, tables: Sequence[Table], circumstances: str) -> str:
    """What stands between the markers."""
    parts = [circumstances]
    for table in tables:
        parts += [f"**{table.title}**", _markdown(table)]
    return "\n\n".join([*parts, _notes(results)])


def write(page: Path, text: str) -> None:
    """Put the results into the page.

    Raises:
        ValueError: as `split`.
    """
    before, after = split(page)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def split(page: Path) -> tuple[str, str]:
    """What stands before and after the results.

    Raises:
        ValueError: there is no such page, or it has not both markers.
    """
    before, begun, rest = page.read_text().partition(BEGIN) if page.exists() else ("", "", "")
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"{page.name} needs {BEGIN} and then {END}")
    return before, after


def _markdown(table: Table) -> str:
    rule = ["---", *("---:" for _ in table.header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (table.header, rule, *table.rows))


def _notes(results: Results) -> str:
    age = f"{results.max_age * SNAPSHOT_SHARE:g} s"
    return "\n".join(
        [
            "- Seconds from the answer of PutParameter until the last environment answered a personalized search with"
            f" the new `policy_version`; each searches every {PERIOD:g} s, which is part of the figure.",
            f"- What bounds a lost event: the snapshot in Valkey ends {age} after its reading began. The next search of"
            " any environment then reads Parameter Store, beside the search, and every environment has the result with"
            f" its next search. So an edit takes at the most {age}, one reading, and the time between two searches.",
            f"- Searches {results.edits.searches}, of those answered other than 200: {results.edits.failures}; answered"
            f" with an older policy after the new one: {results.edits.relapses}.",
            "- A search waited for SSM if it began before a call of its environment and ended after it.",
            "- What this machine can't show: EventBridge's own delivery time; and Lambda freezes an environment between"
            " two searches, so that a reading begun beside one search goes on with the next.",
        ]
    )
