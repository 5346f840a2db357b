"""How much of what a query says of origins a title has."""

from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest

from discovery.api.requests import Filters
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.content import Content
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.origins import Origins
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues

CONTENTS = [
    Content(id="here", title="Quiet Shark", genres=("Horror",), countries=("France",), languages=("French",)),
    Content(id="spoken", title="Loud Shark", genres=("Horror",), countries=("Belgium",), languages=("French",)),
    Content(id="south", title="Cold Shark", genres=("Horror",), countries=("South Korea",)),
    Content(id="unknown", title="Old Shark", genres=("Horror",), popularity_score=0.1),
]
ROWS = np.arange(len(CONTENTS))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("origins") / "bundle"
    build_bundle(CONTENTS, catalogues.model(), folder)
    return folder


@pytest.mark.parametrize(
    ("words", "shares"),
    [
        ((), [0, 0, 0, 0]),
        (("french",), [1, 1, 0, 0]),
        (("France",), [1, 0, 0, 0]),
        (("South Korea",), [0, 0, 1, 0]),
        (("french", "korean"), [0.5, 0.5, 0.5, 0]),
        (("atlantean",), [0, 0, 0, 0]),
    ],
)
def test_the_share_of_words_that_a_title_has(words: tuple[str, ...], shares: list[float], bundle: Path) -> None:
    with catalogues.opened(bundle) as opened:
        assert Origins(opened.keyword, opened.size).share(words, ROWS).tolist() == shares


async def test_it_finds_nothing_tells_apart_what_was_found_and_adds_up(bundle: Path) -> None:
    with catalogues.opened(bundle) as opened:
        index = BundleIndex(opened, RetrievalSettings(keyword_weight=0, vector_weight=0))
        found = await index.find(await index.understand("korean horror shark films"), Filters())
        contents = await index.contents(found, range(len(found)))
        reasons = await index.reasons(found, [0], contents[:1])

    assert found.query.parsed.countries == ("South Korea",)
    assert contents[0].id == "south"
    assert found.parts["origin"][0] > found.parts["origin"][1] == 0
    assert reduce(add, found.parts.values()).tolist() == found.relevance.tolist()
    assert "country: South Korea" in reasons[0]


async def test_a_title_is_no_origin(bundle: Path) -> None:
    with catalogues.opened(bundle) as opened:
        index = BundleIndex(opened, RetrievalSettings())
        found = await index.find(await index.understand("quiet shark"), Filters())

    assert not found.parts["origin"].any()
