"""A bundle with changes laid over it is as one that was built of the changed titles."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tantivy

from discovery.api.requests import Filters, Sort
from discovery.catalogue.build.builder import MOST_EXACT, build_bundle
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.catalogue.changed import with_changes
from discovery.catalogue.changes import Changes
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import normalized
from discovery.retrieval.bundle.index import BundleIndex
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues
from tests.catalogues import CONTENTS

DUNE = Content(
    id="dune-2021",
    title="Dune",
    overview="A planet of sand, and a war.",
    genres=("Desert", "War"),
    platforms=("Sietch",),
    cast=("Zendaya Coleman",),
    keywords=("sandworms",),
    directors=("Denis Villeneuve",),
    popularity_score=1.0,
)
JAWS = next(content for content in CONTENTS if content.id == "jaws-1975")
JAWS_AGAIN = JAWS.model_copy(update={"title": "Jaws of the Deep", "genres": ("Documentary",), "directors": ()})
CHANGES = Changes().put([DUNE, JAWS_AGAIN]).delete(["heat-1995"], built=["heat-1995"])
AFTER = tuple(CHANGES.merged(CONTENTS))
ALL = Filters()


@pytest.fixture(scope="module", params=[MOST_EXACT, 0], ids=["exact", "staged"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The bundle of `CONTENTS`, of either kind of vectors."""
    return _built(CONTENTS, tmp_path_factory.mktemp("base"), request.param)


@pytest.fixture(scope="module")
def changed(base: Catalogue) -> Catalogue:
    return with_changes(base, CHANGES, catalogues.CHANGES_ID)


@pytest.fixture(scope="module")
def anew(base: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A bundle of the same titles as after the changes."""
    return _built(AFTER, tmp_path_factory.mktemp("anew"), 0 if base.vectors.rough else MOST_EXACT)


@pytest.fixture
def index(changed: Catalogue) -> BundleIndex:
    return _index(changed)


def _built(contents: Iterable[Content], folder: Path, most_exact: int) -> Catalogue:
    build_bundle(contents, catalogues.model(), folder / "bundle", most_exact=most_exact)
    return open_catalogue(folder / "bundle")


def _index(catalogue: Catalogue) -> BundleIndex:
    return BundleIndex(catalogue, RetrievalSettings(timeout_ms=60_000))


async def _found(index: BundleIndex, query: str, filters: Filters = ALL) -> list[str]:
    found = await index.find(await index.understand(query), filters)
    return index.content_ids(found, len(found))


def test_its_name_has_both_names_and_it_counts_the_titles_that_there_are(base: Catalogue, changed: Catalogue) -> None:
    assert changed.bundle == f"{base.bundle}-{catalogues.CHANGES_ID}"
    assert changed.manifest.count == len(AFTER)


@pytest.mark.parametrize(
    "query", ["", "heat", "al pacino", "jaws", "jaws of the deep", "war", "dune", "shark", "space", "films like dune"]
)
async def test_it_finds_what_a_bundle_of_the_same_titles_finds(changed: Catalogue, anew: Catalogue, query: str) -> None:
    changed_index, anew_index = _index(changed), _index(anew)

    found, expected = await _found(changed_index, query), await _found(anew_index, query)

    assert found[:1] == expected[:1]
    if not changed.vectors.rough:  # whose axes are those of other titles
        assert set(found) == set(expected)


@pytest.mark.parametrize("query", ["", "war", "shark"])
async def test_its_facets_are_those_of_a_bundle_of_the_same_titles(
    changed: Catalogue, anew: Catalogue, query: str
) -> None:
    facets = []
    for index in (_index(changed), _index(anew)):
        counted = await index.facets(await index.find(await index.understand(query), ALL))
        facets.append({(name, one["value"], one["count"]) for name, of in counted.model_dump().items() for one in of})

    assert facets[0] == facets[1]


@pytest.mark.parametrize("by", [Sort.TITLE, Sort.POPULARITY, Sort.YEAR, Sort.RATING])
async def test_it_sorts_as_a_bundle_of_the_same_titles_does(changed: Catalogue, anew: Catalogue, by: Sort) -> None:
    attribute = {Sort.TITLE: "title", Sort.POPULARITY: "popularity_score", Sort.YEAR: "release_year"}.get(by)
    attribute = attribute or "average_rating"
    orders = []
    for index in (_index(changed), _index(anew)):
        found = await index.sort(await index.find(await index.understand(""), ALL), by, descending=False)
        contents = await index.contents(found, range(len(found)))
        orders.append([getattr(content, attribute) for content in contents])

    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(genres=("desert",)),
        Filters(platforms=("Sietch",)),
        Filters(directors=("denis villeneuve",)),
        Filters(keywords=("sandworms",)),
    ],
)
async def test_names_that_are_new_with_a_title_filter_it(index: BundleIndex, filters: Filters) -> None:
    assert await _found(index, "", filters) == ["dune-2021"]


async def test_a_genre_that_is_new_is_understood(index: BundleIndex) -> None:
    assert (await index.understand("desert films")).wanted.any
    assert await _found(index, "desert films") == ["dune-2021"]


async def test_a_new_title_is_found_by_a_slip_and_a_deleted_one_by_nothing(index: BundleIndex) -> None:
    assert (await _found(index, "sandwroms"))[0] == "dune-2021"
    assert "heat-1995" not in await _found(index, "heat 1995 michael mann")


async def test_titles_are_suggested_as_they_are(index: BundleIndex) -> None:
    async def titles(prefix: str) -> list[str]:
        return [one.text for one in (await index.suggest(prefix, 5)).suggestions if one.kind == "title"]

    assert await titles("dun") == ["Dune"]
    assert await titles("jaws") == ["Jaws of the Deep"]
    assert "Heat" not in await titles("heat")
    assert [one.text for one in (await index.suggest("zenday", 5)).suggestions] == ["Zendaya Coleman"]


def test_a_popular_title_is_suggested_before_less_popular_ones(base: Catalogue) -> None:
    titles = [Content(id=str(score), title=f"Zorro {score}", popularity_score=score / 10) for score in (1, 9, 5)]

    changed = with_changes(base, Changes().put(titles), catalogues.CHANGES_ID)

    assert [found.content_id for found in changed.suggestions.begun("title", "zorr", 5)] == ["9", "5", "1"]


def test_of_titles_of_one_name_the_one_that_is_deleted_goes(tmp_path: Path) -> None:
    twins = [Content(id=id_, title="Twins", popularity_score=0.5) for id_ in ("a", "b", "c")]
    base = _built(twins, tmp_path, MOST_EXACT)

    changed = with_changes(base, Changes().delete(["b"], built=["b"]), catalogues.CHANGES_ID)

    assert {found.content_id for found in changed.suggestions.named("title", "twins", 5)} == {"a", "c"}
    row = changed.find_title("twins")
    assert row is not None
    assert changed.documents.content(row).id in {"a", "c"}


async def test_a_title_without_words_can_be_deleted(tmp_path: Path) -> None:
    contents = [Content(id=id_, title=title, overview="A shark.") for id_, title in (("q", "?!"), ("jaws", "Jaws"))]
    base = _built(contents, tmp_path, MOST_EXACT)

    changed = with_changes(base, Changes().delete(["q"], built=["q"]), catalogues.CHANGES_ID)

    assert await _found(_index(base), "shark") == ["q", "jaws"]
    assert await _found(_index(changed), "shark") == ["jaws"]


def test_cosines_are_those_of_the_titles_and_none_of_what_is_gone(base: Catalogue, changed: Catalogue) -> None:
    query = normalized(changed.model.embed(["shark war space"]))[0]
    rows = np.arange(changed.size)
    gone = ~changed.columns.alive if changed.columns.alive is not None else np.zeros(0, dtype=np.bool_)

    cosines = changed.vectors.cosines(query)
    near = changed.vectors.near(query, changed.size, floor=0.0, least=-0.5)

    assert gone.sum() == 2
    assert (cosines[gone] == -1).all()
    assert (changed.vectors.refined(query, rows)[gone] == -1).all()
    assert set(near.rows.tolist()).isdisjoint(np.flatnonzero(gone).tolist())
    assert near.best == pytest.approx(changed.vectors.refined(query, rows).max(), abs=1e-6)
    assert np.allclose(changed.vectors[rows[-2:]] @ query, cosines[-2:], atol=1e-6)
    assert np.allclose(changed.vectors[int(rows[0])], base.vectors[0])


def test_a_bundle_that_is_changed_stays_as_it_was(base: Catalogue, changed: Catalogue) -> None:
    assert changed.size > base.size
    assert base.find_title("heat") is not None
    assert base.find_title("dune") is None
    assert [found.text for found in base.suggestions.named("title", "jaws", 5)] == ["Jaws"]


def test_nothing_but_deletions_can_be_laid_over(base: Catalogue) -> None:
    everything = [content.id for content in CONTENTS]

    empty = with_changes(base, Changes().delete(everything, built=everything), catalogues.CHANGES_ID)

    assert empty.manifest.count == 0
    assert empty.columns.by_popularity.tolist() == []


def test_changes_that_fail_leave_no_folder_behind(
    base: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[tantivy.Document]:
        yield tantivy.Document()
        raise OSError("no space left")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(OSError, match="no space left"):
        base.keyword.changed([], broken())

    assert list(tmp_path.iterdir()) == []
