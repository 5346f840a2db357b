"""Pages of one list of results, from event to response."""

import pytest

from tests import tokens
from tests.catalogues import CONTENTS
from tests.functional.client import Api, assert_problem


def test_pages_of_one_list_have_the_same_cursor_and_do_not_expire(api: Api) -> None:
    first = api.get(query="", page_size="5").json
    second = api.get(query="", page_size="5", page="2", cursor=first["cursor"]).json

    assert first["cursor_expired"] is second["cursor_expired"] is None
    assert first["cursor"] == second["cursor"]
    assert first["cursor"].startswith(first["catalogue"])


def test_a_page_says_that_it_is_in_another_order_than_the_first(api: Api) -> None:
    token = tokens.token("ana")
    first = api.get(query="", token=token).json
    again = api.post({"query": "", "cursor": first["cursor"]}, token=token).json
    anonymous = api.post({"query": "", "cursor": first["cursor"]}).json

    assert again["cursor_expired"] is None
    assert anonymous["cursor_expired"] == "order"
    assert len(anonymous["results"]) == min(20, len(CONTENTS))


def test_a_cursor_of_another_catalogue_is_answered_from_this_one(api: Api) -> None:
    answer = api.get(query="", cursor="0123456789abcdef~0123456789abcdef")

    assert answer.status == 200
    assert answer.json["cursor_expired"] == "catalogue"
    assert answer.ids


def test_without_a_cursor_nothing_expires(api: Api) -> None:
    assert api.get(query="", page="2").json["cursor_expired"] is None


@pytest.mark.parametrize("cursor", ["", "jaws", "0123456789abcdef~", "../~0123456789abcdef", "a~0123456789ABCDEF"])
def test_what_no_answer_gave_out_is_refused(api: Api, cursor: str) -> None:
    assert_problem(api.post({"query": "", "cursor": cursor}), 422, "cursor")
