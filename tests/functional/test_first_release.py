"""Clients of the first release still parse every answer, and the description still promises them every field."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from discovery.api import facet_responses, personalization_responses, query_responses, search_responses
from discovery.catalogue import content
from tests import first_release, tokens
from tests.functional.client import Api

ANA = tokens.token("ana")
BROAD = "space sea crime love food war fear games family music"
MODELS = [
    first_release.SearchResponse,
    first_release.QueryParsed,
    first_release.LikeTitle,
    first_release.SearchResult,
    first_release.Content,
    first_release.Explanation,
    first_release.Facets,
    first_release.FacetCount,
    first_release.Personalization,
]

NOW = {
    name: model
    for module in (facet_responses, personalization_responses, query_responses, search_responses, content)
    for name, model in vars(module).items()
}


def fields_of(model: type[BaseModel]) -> dict[str, frozenset[str]]:
    """What JSON Schema says of each field: the types that an answer may have there."""
    schema = TypeAdapter(model).json_schema(mode="serialization", by_alias=True)
    return {name: frozenset(types_in(part, schema.get("$defs", {}))) for name, part in schema["properties"].items()}


def types_in(schema: Any, models: dict[str, Any]) -> Iterator[str]:
    """The types of a schema, those of its parts after a slash: "array/string"; a model is its name."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        yield from types_in(models[name], models) if "properties" not in models[name] else [name]
    for option in schema.get("anyOf", []):
        yield from types_in(option, models)
    if "type" in schema:
        items = [*schema.get("prefixItems", []), *filter(None, [schema.get("items")])]
        values = schema.get("additionalProperties")
        parts = [*items, values] if isinstance(values, dict) else items
        yield from [f"{schema['type']}/{part}" for one in parts for part in types_in(one, models)] or [schema["type"]]


@pytest.mark.parametrize("then", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_still_there_with_its_type(then: type[BaseModel]) -> None:
    now = fields_of(NOW[then.__name__])

    assert now.items() >= fields_of(then).items()


@pytest.mark.parametrize("token", [None, ANA], ids=["anonymous", "ana"])
@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "alien"},
        {"query": BROAD, "explain": "true", "page_size": "100"},
        {"query": BROAD, "explain": "true", "experiment_variant": "high_boost"},
        {"query": "horror films of the 70s like alien on netflix", "explain": "true"},
        {"query": "casablenca", "highlight": "true"},
        {"query": "alien", "genres": "Romance"},
        {"query": "", "sort": "year"},
    ],
    ids=lambda parameters: " ".join(parameters.values()),
)
def test_an_answer_is_parsed(parameters: dict[str, str], token: str | None, api: Api) -> None:
    answer = api.get(**parameters, token=token)

    assert answer.status == 200
    parsed = first_release.SearchResponse.model_validate_json(answer.body)
    assert [result.content.id for result in parsed.results] == answer.ids


def test_what_may_be_null_is_told_too(api: Api) -> None:
    """Otherwise an answer could be parsed although a value has changed its type."""
    explained = first_release.SearchResponse.model_validate_json(api.get(query=BROAD, explain="true", token=ANA).body)
    likened = first_release.SearchResponse.model_validate_json(api.get(query="films like alien of the 70s").body)

    first = explained.results[0]
    assert first.explanation is not None
    assert (first.vector_similarity, first.keyword_score) != (None, None)
    assert (first.explanation.score, first.explanation.score_source) != (None, None)
    assert likened.query_parsed.like == first_release.LikeTitle(id="alien-1979", title="Alien")
    assert likened.query_parsed.year_range == (1970, 1979)


@pytest.mark.parametrize(
    ("was", "now"), [('"total_count"', '"total"'), ('"page":1', '"page":"1"'), ('"graph_score":null,', "")]
)
def test_a_client_notices_a_field_that_is_renamed_changed_or_gone(was: str, now: str, api: Api) -> None:
    body = api.get(query="alien").body
    assert was in body

    with pytest.raises(ValidationError):
        first_release.SearchResponse.model_validate_json(body.replace(was, now))
