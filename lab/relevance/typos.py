"""Misspelled titles: what the most popular titles of a catalogue are asked by, one edit in each.

The rule: the most popular titles that have four letters or more and whose key no more popular one has; of each, in
lower case, one query for each kind of edit, in one of its letters. Which letter, and which other one is put there, a
generator says that is seeded by the title and the kind. So a catalogue gives the same queries at every run.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase

import numpy as np

from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import SHORTEST_EDITED
from lab.relevance.judgments import Collection, Judged

EDITS = ("insert", "delete", "substitute", "transpose")
TITLES = 30


def typos(name: str, source: Path, catalogue: Catalogue, count: int = TITLES) -> Collection:
    """So many titles, each misspelled in every way; right is whatever has the same title."""
    queries = []
    for rows in _popular(catalogue, count):
        title = catalogue.documents.content(rows[0]).title
        grades = dict.fromkeys(catalogue.documents.ids(rows), 1)
        queries += [Judged(edited(title, edit), edit, grades, title) for edit in EDITS]
    return Collection(f"typos-{name}", source, queries)


def edited(title: str, edit: str) -> str:
    """A title in lower case with one edit; with a transposition that changes nothing, where all letters are alike."""
    text = title.lower()
    chosen = random.Random(f"{edit} {title}")  # noqa: S311 - guards nothing
    letters = [place for place, character in enumerate(text) if character.isalpha()]
    pairs = [place for place in letters if place + 1 in letters and text[place] != text[place + 1]]
    place = chosen.choice((pairs or letters) if edit == "transpose" else letters)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    match edit:
        case "insert":
            return before + chosen.choice(ascii_lowercase) + letter + after
        case "delete":
            return before + after
        case "substitute":
            return before + chosen.choice(ascii_lowercase.replace(letter, "")) + after
        case _:
            return before + after[:1] + letter + after[1:]


def _popular(catalogue: Catalogue, count: int) -> list[Sequence[int]]:
    """The rows of the most popular titles, those of the same title together, the most popular of them first."""
    columns = catalogue.columns
    by_popularity = np.lexsort((np.arange(catalogue.size), -columns.popularity)).tolist()
    groups: dict[int, list[int]] = {}
    for row in by_popularity:
        key = int(columns.title_order[row])
        if key in groups:
            groups[key].append(row)
        elif len(groups) < count and _letters(catalogue.documents.content(row).title) >= SHORTEST_EDITED:
            groups[key] = [row]
    return list(groups.values())


def _letters(title: str) -> int:
    return sum(character.isalpha() for character in title)
