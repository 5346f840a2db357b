"""Retrieval's own deadline, seen from outside."""

import pytest

from discovery.catalogue.bundle import Catalogue
from discovery.settings import RetrievalSettings, Settings
from functions.search import app as search_function
from tests.functional.client import Api, assert_problem
from tests.services import search_service


@pytest.fixture
def late(catalogue: Catalogue) -> Api:
    """A search function that has no time for any strategy."""
    service = search_service(catalogue, Settings(retrieval=RetrievalSettings(timeout_ms=1e-9)))
    return Api(search_function.make_handler(lambda: service))


def test_no_time_for_any_strategy_is_a_503_that_says_when_to_try_again(late: Api) -> None:
    answer = late.get(query="alien")

    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "5"
