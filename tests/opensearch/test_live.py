"""Single titles change in the current version, are seen at once, and lower nothing that was there."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from opensearchpy import OpenSearch

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel, Vector
from discovery.errors import CatalogueError
from discovery.opensearch.live import LiveCatalogue
from discovery.opensearch.publication import Publication
from discovery.opensearch.versions import names_of
from tests.catalogues import CONTENTS, model

JAWS = next(content for content in CONTENTS if content.id == "jaws-1975")
NEW = Content(
    id="dune-2021",
    title="Dune",
    overview="A planet of sand.",
    genres=("Desert",),
    cast=("Zendaya Coleman", *JAWS.cast),
    keywords=("worms",),
    popularity_score=1.0,
)


@pytest.fixture
def publication(client: OpenSearch, alias: str) -> Publication:
    publication = Publication(client, alias)
    publication.build(CONTENTS, model())
    return publication


@pytest.fixture
def live(client: OpenSearch, alias: str, publication: Publication) -> LiveCatalogue:
    return LiveCatalogue(client, alias)


@pytest.fixture
def found(client: OpenSearch, alias: str) -> Callable[..., dict[str, Any]]:
    """The documents that have a term in a field, by their ids; of titles, or of names where asked for them."""

    def find(field: str, term: str, *, names: bool = False) -> dict[str, Any]:
        index = names_of(alias) if names else alias
        said = client.search(index=index, body={"query": {"match": {field: term}}, "size": 50})
        return {hit["_id"]: hit["_source"] for hit in said["hits"]["hits"]}

    return find


Found = Callable[..., dict[str, Any]]


def test_a_new_title_is_found_and_suggested_when_put_returns(live: LiveCatalogue, found: Found) -> None:
    version = live.put([NEW], model())

    assert set(found("anywhere", "sand")) == {"dune-2021"}
    assert version.place == "current"
    assert found("id", "dune-2021")["dune-2021"]["content"]["title"] == "Dune"
    assert found("rest", "dune", names=True)["title:dune-2021"]["shown"]["text"] == "Dune"


def test_what_is_new_with_a_title_can_be_suggested_and_comes_last(live: LiveCatalogue, found: Found) -> None:
    live.put([NEW], model())

    for kind, name in (("person", "zendaya coleman"), ("genre", "desert"), ("keyword", "worms")):
        assert found("name", name, names=True)[f"{kind}:{name}"]["weight"] == 0
    assert found("name", "zendaya", names=True)["word:zendaya"]["weight"] == 1


def test_names_and_words_that_were_there_keep_their_weights(live: LiveCatalogue, found: Found) -> None:
    name = JAWS.cast[0].casefold()
    before = found("name", name, names=True), found("name", name.split()[0], names=True)

    live.put([NEW], model())

    assert (found("name", name, names=True), found("name", name.split()[0], names=True)) == before


def test_a_titles_suggestion_stands_where_its_popularity_puts_it(live: LiveCatalogue, found: Found) -> None:
    def weights() -> dict[str, int]:
        return {id_: source["weight"] for id_, source in found("kind", "title", names=True).items()}

    before = weights()
    best, second, *_ = sorted(before.values(), reverse=True)

    live.put([JAWS, NEW, NEW.model_copy(update={"id": "unknown", "popularity_score": 0.0})], model())

    after = weights()
    assert second <= after.pop("title:dune-2021") <= best
    assert after.pop("title:unknown") < min(before.values())
    assert after == before


def test_a_title_with_an_id_that_is_there_takes_its_place(
    client: OpenSearch, alias: str, live: LiveCatalogue, found: Found
) -> None:
    live.put([JAWS.model_copy(update={"title": "Teeth"})], model())

    assert client.count(index=alias)["count"] == len(CONTENTS)
    assert set(found("title", "teeth")) == {"jaws-1975"}
    assert found("rest", "teeth", names=True).keys() == {"title:jaws-1975"}
    assert found("name", "jaws", names=True).keys() == {"word:jaws"}


def test_a_title_that_lost_its_words_is_no_longer_suggested(live: LiveCatalogue, found: Found) -> None:
    live.put([JAWS.model_copy(update={"title": "?!"})], model())

    assert "title:jaws-1975" not in found("kind", "title", names=True)


def test_a_deleted_title_is_neither_found_nor_suggested_and_unknown_ids_are_told(
    client: OpenSearch, alias: str, live: LiveCatalogue, found: Found
) -> None:
    _, unknown = live.delete(["nobody", "jaws-1975"])

    assert client.count(index=alias)["count"] == len(CONTENTS) - 1
    assert found("title", "jaws") == {}
    assert "title:jaws-1975" not in found("name", "jaws", names=True)
    assert unknown == ["nobody"]


def test_changes_last_until_the_next_build(publication: Publication, live: LiveCatalogue, found: Found) -> None:
    live.put([NEW], model())
    live.delete(["jaws-1975"])

    assert publication.build(CONTENTS, model()) is None
    assert found("title", "dune")
    publication.build(CONTENTS, model(), again=True)

    assert found("title", "dune") == {}
    assert found("title", "jaws")


class Meanwhile(EmbeddingModel):
    """A model at whose first use somebody else's build is switched to."""

    builds: ClassVar[list[Callable[[], object]]] = []

    def embed(self, texts: list[str]) -> Vector:
        while self.builds:
            self.builds.pop()()
        return super().embed(texts)


def test_a_title_is_put_into_what_was_switched_to_meanwhile_too(
    client: OpenSearch, alias: str, publication: Publication, live: LiveCatalogue, found: Found
) -> None:
    good = model()
    Meanwhile.builds.append(lambda: publication.build(CONTENTS, good, again=True))

    version = live.put([NEW], Meanwhile(good.name, good.tokenizer, good.tokens))

    assert set(client.indices.get_alias(name=alias)) == {version.index}
    assert set(found("title", "dune")) == {"dune-2021"}
    assert found("rest", "dune", names=True).keys() == {"title:dune-2021"}


def test_a_title_is_refused_whose_vector_would_be_another_models(live: LiveCatalogue) -> None:
    good = model()

    with pytest.raises(CatalogueError, match="other/model"):
        live.put([NEW], EmbeddingModel("other/model", good.tokenizer, good.tokens))


def test_nothing_can_be_changed_before_the_first_build(client: OpenSearch, alias: str) -> None:
    with pytest.raises(CatalogueError, match="build one first"):
        LiveCatalogue(client, alias).delete(["jaws-1975"])


def test_an_engine_that_does_not_answer_is_told_of() -> None:
    refused = OpenSearch(["http://127.0.0.1:9"], max_retries=0)

    with pytest.raises(CatalogueError, match="OpenSearch could not be reached"):
        LiveCatalogue(refused, "films").delete(["jaws-1975"])
