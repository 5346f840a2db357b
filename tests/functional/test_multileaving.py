"""A multileaved search, from the request to the answer and the exposure record."""

import json
from typing import Any

import pytest

from tests import tokens
from tests.functional.client import Api
from tests.unit.personalization.personalizing import snapshot

BROAD = "space sea crime love food war fear games family music"
ANA, BEN = tokens.token("ana"), tokens.token("ben")
EXPERIMENT = json.dumps(
    {
        "name": "five",
        "traffic_allocation": 1,
        "variants": {"control": 0.25, "low": 0.25, "high": 0.25, "highest": 0.25},
        "layer": "weight",
        "mode": "multileave",
    }
)
POSTERS = json.dumps(
    {"name": "posters", "traffic_allocation": 1, "variants": {"large": 1}, "layer": "posters"},
)


@pytest.fixture
def multileaving(api: Api) -> Api:
    api.cache.policy = snapshot(
        boost_weight="0.2",
        variants__control="0",
        variants__low="0.1",
        variants__high="0.6",
        variants__highest="0.9",
        experiments__five=EXPERIMENT,
        experiments__posters=POSTERS,
    )
    return api


def search(api: Api, capsys: pytest.CaptureFixture[str], **query: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer and its exposure record."""
    capsys.readouterr()
    answer = api.get(**{"query": BROAD, "token": ANA} | query)
    assert answer.status == 200
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (record,) = [line for line in lines if line.get("schema") == "discovery.exposure/1"]
    return answer.json, record


def test_the_team_of_each_result_is_in_the_record_and_nowhere_else(
    multileaving: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, record = search(multileaving, capsys, explain="true", page_size="8")

    assert [shown["team"] for shown in record["shown"]].count("control") == 2
    assert {shown["team"] for shown in record["shown"]} == {"control", "low", "high", "highest"}
    assert [shown["id"] for shown in record["shown"]] == [result["content"]["id"] for result in answer["results"]]
    assert (record["mode"], record["variant"], record["experiment"]) == ("multileave", "(multileave)", "five")
    assert "team" not in json.dumps(answer)
    assert answer["personalization"]["variant"] is None


def test_both_say_which_layers_the_person_is_in(multileaving: Api, capsys: pytest.CaptureFixture[str]) -> None:
    answer, record = search(multileaving, capsys)

    layers = answer["personalization"]["layers"]
    assert [(one["layer"], one["experiment"], one["variant"]) for one in layers] == [
        ("posters", "posters", "large"),
        ("weight", "five", None),
    ]
    assert record["layers"] == layers
    assert record["epoch"] == layers[1]["epoch"]


def test_pages_neither_repeat_nor_skip_and_looking_again_shows_the_same(
    multileaving: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, record = search(multileaving, capsys, page_size="100")
    ids = [result["content"]["id"] for result in whole["results"]]
    teams = [shown["team"] for shown in record["shown"]]

    pages = [search(multileaving, capsys, page=str(page), page_size="4") for page in (1, 2, 3, 2, 1)]

    for number, (answer, shown) in zip((0, 1, 2, 1, 0), pages, strict=True):
        part = slice(number * 4, number * 4 + 4)
        assert [result["content"]["id"] for result in answer["results"]] == ids[part]
        assert [one["team"] for one in shown["shown"]] == teams[part]


def test_explained_numbers_are_those_of_the_weight_that_is_stated(
    multileaving: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, _ = search(multileaving, capsys, explain="true")

    assert (answer["personalization"]["mode"], answer["personalization"]["weight"]) == ("multileave", 0.2)
    for rank, result in enumerate(answer["results"], start=1):
        said = result["explanation"]
        assert said["weight"] == 0.2
        assert said["final"] == said["relevance"] * (1 - 0.2) + said["score"] * 0.2 == result["score"]
        assert said["rank_after"] == rank


def test_two_people_have_two_drafts(multileaving: Api, capsys: pytest.CaptureFixture[str]) -> None:
    (_, ana), (_, ben) = (search(multileaving, capsys, token=token, page_size="100") for token in (ANA, BEN))

    assert [one["team"] for one in ana["shown"]] != [one["team"] for one in ben["shown"]]
