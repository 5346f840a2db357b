"""Nothing found is an answer: what was tried, and what finds something."""

import pytest

from tests.functional.client import Api


@pytest.mark.parametrize("correct", ["true", "false"])
def test_nonsense_finds_nothing_and_says_so(correct: str, api: Api) -> None:
    answer = api.get(query="zzqx vvkpl", correct=correct)

    nothing_found = answer.json["nothing_found"]
    assert (answer.status, answer.json["total_count"], answer.ids) == (200, 0, [])
    assert nothing_found["complete"] is True
    assert nothing_found["tried"][0] == {
        "kind": "words",
        "words": [{"word": "zzqx", "known": False}, {"word": "vvkpl", "known": False}],
    }
    assert nothing_found["suggestions"] == []


def test_it_is_null_where_anything_was_found_even_past_the_last_page(api: Api) -> None:
    assert api.get(query="alien").json["nothing_found"] is None
    assert api.get(query="alien", page="99").json["nothing_found"] is None


def test_it_names_the_filter_that_leaves_nothing(api: Api) -> None:
    body = {"query": "shark", "filters": {"genres": ["War"], "year_range": [2000, 2009]}}

    tried = api.post(body).json["nothing_found"]["tried"]

    without = {one["without"]: one["total_count"] for one in tried if one["kind"] == "filter"}
    found = api.post({"query": "shark", "filters": {"year_range": [2000, 2009]}}).json["total_count"]
    assert without["genres"] == found > 0 == without["year_range"]


def test_a_correction_has_its_names_of_everywhere(api: Api) -> None:
    tried = api.get(query="titanicc", genres="War").json["nothing_found"]["tried"]

    assert {"kind": "correction", "from": "titanicc", "to": "Titanic"} in tried


def test_what_is_suggested_finds_as_much_as_it_says(api: Api) -> None:
    suggestions = api.get(query="wiplsh zzqx", genres="Drama").json["nothing_found"]["suggestions"]

    assert suggestions
    for suggestion in suggestions:
        assert api.get(query=suggestion["query"], genres="Drama").json["total_count"] == suggestion["total_count"] > 0
