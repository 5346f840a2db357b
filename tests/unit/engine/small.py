"""A model of five titles that is small enough to compute by hand."""

import numpy as np

from discovery.sona.contract import ViewingEvent
from sona.model.manifest import ModelManifest
from sona.model.model import Arrays, Model
from sona.model.names import Names
from sona.model.titles import Titles

IDS = ["alien", "aliens", "notting-hill", "heat", "unmet"]
HALF = 0.5


def small_model(*, half: float = HALF) -> Model:
    """Alien and Aliens tell of each other with weight 0.5, and both, by 0.1, of Heat; nobody met the last title.

    Rows are by key, so `row_of` finds them. Texts: the first two titles and the unmet one are about the same.
    """
    titles = Titles.of(IDS)
    row_of = {IDS[at]: row for row, at in enumerate(titles.catalogue_rows.tolist())}
    size = len(IDS)
    place, near = np.full(size, -1, dtype=np.int32), np.full((4, 2), size, dtype=np.int32)
    weights = np.zeros((4, 2), dtype=np.float16)
    learned = {"alien": {"aliens": 0.5}, "aliens": {"alien": 0.5}, "heat": {"alien": 0.1, "aliens": 0.1}}
    for at, title in enumerate(["alien", "aliens", "heat", "notting-hill"]):
        place[row_of[title]] = at
        for column, (other, weight) in enumerate(learned.get(title, {}).items()):
            near[at, column], weights[at, column] = row_of[other], weight
    about = {"alien": [127, 0], "aliens": [127, 0], "notting-hill": [0, 127], "heat": [-127, 0], "unmet": [127, 0]}
    popular = {"alien": 0.5, "notting-hill": 1.0}
    names = Names.joined([IDS[at] for at in titles.catalogue_rows])
    shown = Names.joined([IDS[at].replace("-", " ").title() for at in titles.catalogue_rows])
    genres = Names.joined(["Science Fiction"])
    ordered = [IDS[at] for at in titles.catalogue_rows]
    arrays = Arrays(
        keys=titles.keys,
        place=place,
        neighbours=near,
        weights=weights,
        popularity=np.array([[0] * size, [popular.get(title, 0) for title in ordered]], dtype=np.float16),
        years=np.array([{"alien": 1979}.get(title, 0) for title in ordered], dtype=np.int16),
        vectors=np.array([about[title] for title in ordered], dtype=np.int8),
        genre_vectors=np.array([[127, 0]], dtype=np.int8),
        ids=names.text,
        id_ends=names.ends,
        titles=shown.text,
        title_ends=shown.ends,
        genres=genres.text,
        genre_ends=genres.ends,
    )
    manifest = ModelManifest(
        catalogue="c",
        data="d",
        titles=size,
        people=2,
        events=4,
        events_until=1_767_225_600,
        first_year=2025,
        solver="ease",
        regularization=1.0,
        seed=0,
        half=half,
        figures={},
        checksums={},
    )
    return Model("0123456789abcdef", manifest, arrays)


def watched(content_id: str, day: int = 1, rating: float | None = 5, **more: bool) -> ViewingEvent:
    """An event of a day of January 2026."""
    return ViewingEvent.model_validate_json(
        f'{{"content_id": "{content_id}", "timestamp": "2026-01-{day:02}T00:00:00Z", "completion_rate": 1.0}}'
    ).model_copy(update={"rating": rating, **more})
