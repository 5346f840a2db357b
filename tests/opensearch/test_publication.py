"""A catalogue is built whole or not at all, and searches go from one version to the next without an error."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from opensearchpy import OpenSearch

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.errors import CatalogueError
from discovery.opensearch.about import About
from discovery.opensearch.publication import Publication
from discovery.opensearch.versions import KEPT_SECONDS, Version, names_of
from tests.catalogues import CONTENTS, MODEL_NAME, model

FEWER = CONTENTS[:20]


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def publication(client: OpenSearch, alias: str, clock: Time) -> Publication:
    return Publication(client, alias, clock)


def built(publication: Publication, contents: Sequence[Content], **options: Any) -> Version:
    version = publication.build(contents, model(), **options)
    assert version is not None
    return version


def count(client: OpenSearch, index: str) -> int:
    return int(client.count(index=index)["count"])


def indices(client: OpenSearch, alias: str) -> set[str]:
    return set(client.indices.get(index=f"{alias}-*"))


def test_a_build_makes_two_searchable_indices_behind_two_aliases(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    done: list[tuple[str, int]] = []

    version = built(publication, CONTENTS, progress=lambda step, more: done.append((step, more)))

    assert count(client, alias) == len(CONTENTS)
    assert count(client, names_of(alias)) == sum(more for step, more in done if step == "names")
    assert sum(more for step, more in done if step == "titles") == len(CONTENTS)
    assert set(client.indices.get_alias(name=alias)) == {version.index}
    assert set(client.indices.get_alias(name=names_of(alias))) == {names_of(version.index)}
    about = About.of(client.indices.get_mapping(index=alias)[version.index]["mappings"]["_meta"], alias)
    assert (about.count, about.model, about.dimensions) == (len(CONTENTS), MODEL_NAME, model().dimensions)
    assert (about.version, about.names) == (version.id, names_of(version.index))
    assert "Drama" in about.genres


def test_a_built_index_is_one_segment_that_refreshes_each_second(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    index = built(publication, CONTENTS).index

    shards = client.indices.segments(index=index)["indices"][index]["shards"]
    assert [len(copies[0]["segments"]) for copies in shards.values()] == [1]
    settings = client.indices.get_settings(index=index)[index]["settings"]["index"]
    assert (settings["refresh_interval"], settings["auto_expand_replicas"]) == ("1s", "0-1")
    assert client.cluster.health(index=index)["status"] == "green"


def test_a_title_is_found_by_the_vector_of_the_text_that_bundles_embed(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    built(publication, CONTENTS)
    query = model().embed(["shark beach"])[0]

    hits = client.search(index=alias, body={"query": {"knn": {"vector": {"vector": query.tolist(), "k": 3}}}})

    assert hits["hits"]["hits"][0]["_id"] == "jaws-1975"


def test_the_same_titles_are_the_same_version_and_are_built_again_only_on_demand(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    first = built(publication, CONTENTS)

    assert publication.build(CONTENTS, model()) is None
    assert len(indices(client, alias)) == 2
    second = built(publication, CONTENTS, again=True)
    assert second.id == first.id
    assert second.index != first.index


def test_a_rollback_returns_to_the_version_before_and_a_second_one_undoes_it(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    first, second = built(publication, FEWER), built(publication, CONTENTS)

    assert publication.roll_back().index == first.index
    assert (count(client, alias), set(client.indices.get_alias(name=names_of(alias)))) == (
        len(FEWER),
        {names_of(first.index)},
    )
    assert publication.roll_back().index == second.index
    assert count(client, alias) == len(CONTENTS)


def test_there_is_nothing_to_return_to_after_the_first_build(publication: Publication) -> None:
    built(publication, CONTENTS)

    with pytest.raises(CatalogueError, match="no previous version"):
        publication.roll_back()


def test_status_tells_of_each_version_newest_first(publication: Publication) -> None:
    first, second, third = (built(publication, CONTENTS[:size]) for size in (10, 15, 20))

    said = publication.status()

    assert [(one.index, one.place, one.titles) for one in said] == [
        (third.index, "current", 20),
        (second.index, "previous", 15),
        (first.index, "", 10),
    ]
    assert all(one.size > 0 for one in said)


def test_versions_before_the_previous_one_are_removed_when_no_environment_holds_them(
    client: OpenSearch, publication: Publication, alias: str, clock: Time
) -> None:
    first, second, third = (built(publication, CONTENTS[:size]) for size in (10, 15, 20))

    assert publication.remove_old() == []
    clock.now += timedelta(seconds=3 * KEPT_SECONDS)
    assert [one.index for one in publication.remove_old()] == [first.index]

    assert indices(client, alias) == {*second.indices, *third.indices}


@pytest.mark.parametrize("failure", [CatalogueError, ValueError, KeyboardInterrupt])
def test_a_build_that_fails_or_is_ended_leaves_what_is_current_and_nothing_half_made(
    client: OpenSearch, publication: Publication, alias: str, failure: type[BaseException]
) -> None:
    first = built(publication, FEWER)

    def fail(step: str, _: int) -> None:
        if step == "names":  # titles are all there by then
            raise failure("enough")

    with pytest.raises(failure, match="enough"):
        publication.build(CONTENTS, model(), progress=fail)

    assert indices(client, alias) == set(first.indices)
    assert count(client, alias) == len(FEWER)


def test_a_title_that_opensearch_does_not_take_fails_the_build_and_is_named(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    good = model()
    narrow = np.full_like(good.tokens, np.inf)  # no vector of length 1 comes of it

    with np.errstate(all="ignore"), pytest.raises(CatalogueError, match=CONTENTS[0].id):
        publication.build(CONTENTS, EmbeddingModel(good.name, good.tokenizer, narrow))

    assert indices(client, alias) == set()


def test_a_name_that_is_longer_than_ids_may_be_is_built(
    client: OpenSearch, publication: Publication, alias: str
) -> None:
    long = Content(id="\N{GRINNING FACE}" * 128, title="ﷺ" * 100, keywords=("ﷺ" * 99, "ﷺ" * 98))

    built(publication, [long])

    assert count(client, alias) == 1


@pytest.fixture
def searching(client: OpenSearch, alias: str) -> Iterator[Callable[[], tuple[int, list[object]]]]:
    """Searches 20 times a second from its first call on; the second one ends it and returns searches and errors."""
    over, seen, errors = threading.Event(), [0], list[object]()

    def search() -> None:
        while not over.wait(0.05):
            seen[0] += 1
            try:
                lines = [{"index": alias}, {"query": {"match": {"anywhere": "shark"}}}] * 2
                answers = client.msearch(body=lines)["responses"]
                errors.extend(one for one in answers if "error" in one or one["hits"]["total"]["value"] != 1)
            except Exception as error:  # noqa: BLE001 - any is one that a person would see
                errors.append(error)

    thread = threading.Thread(target=search)

    def call() -> tuple[int, list[object]]:
        if not thread.is_alive():
            thread.start()
        else:
            over.set()
            thread.join()
        return seen[0], errors

    yield call
    over.set()


def test_searches_see_no_error_while_versions_are_switched(
    publication: Publication, searching: Callable[[], tuple[int, list[object]]]
) -> None:
    built(publication, CONTENTS)
    searching()
    for _ in range(3):
        built(publication, CONTENTS, again=True)
        publication.roll_back()
    time.sleep(0.2)

    searches, errors = searching()

    assert searches > 10
    assert errors == []
