"""Where the words of the query are in results, for whoever asks."""

from tests.functional.client import Api, assert_problem


def test_the_words_of_the_query_are_marked_in_title_cast_and_overview(api: Api) -> None:
    answer = api.get(query="al pacino heist", highlight="true")

    (heat,) = (result for result in answer.json["results"] if result["content"]["id"] == "heat-1995")
    content, marked = heat["content"], heat["highlights"]
    assert marked["title"] == []
    assert marked["cast"] == [{"index": 0, "spans": [[0, 2], [3, 9]]}]
    assert [content["overview"][start:end].lower() for start, end in marked["overview"]] == ["heist"]


def test_what_was_corrected_is_marked_by_what_was_meant(api: Api) -> None:
    answer = api.get(query="casablenca", highlight="true")

    assert answer.json["results"][0]["highlights"]["title"] == [[0, 10]]


def test_nothing_is_marked_unless_it_is_asked_for(api: Api) -> None:
    plain, posted = api.get(query="alien"), api.post({"query": "alien", "highlight": True})

    assert {result["highlights"] for result in plain.json["results"]} == {None}
    assert posted.json["results"][0]["highlights"]["title"] == [[0, 5]]


def test_browsing_marks_nothing(api: Api) -> None:
    answer = api.get(highlight="true", page_size="100")

    assert all(result["highlights"] == {"title": [], "cast": [], "overview": []} for result in answer.json["results"])


def test_marking_changes_nothing_else(api: Api) -> None:
    plain, marked = api.get(query="space love"), api.get(query="space love", highlight="true")

    assert [result | {"highlights": None} for result in marked.json["results"]] == plain.json["results"]


def test_anything_but_a_truth_value_is_refused(api: Api) -> None:
    assert_problem(api.get(query="alien", highlight="maybe"), 422, "highlight")
    assert_problem(api.post({"query": "alien", "highlight": "true"}), 422, "highlight")
