"""What the search function says of itself: its health, the API's description, and the page that shows it."""

from discovery.catalogue.bundle import Catalogue
from tests.catalogues import CONTENTS
from tests.functional.client import Api


def test_health_says_what_this_environment_serves(api: Api, catalogue: Catalogue) -> None:
    answer = api.request("GET", "/v1/health")

    assert answer.status == 200
    assert (answer.json["status"], answer.json["stage"], answer.json["policy_version"]) == ("ok", "test", "default")
    assert answer.json["catalogue"]["count"] == len(CONTENTS)
    assert answer.json["catalogue"]["bundle"] == catalogue.bundle


def test_the_openapi_document_lists_the_routes_of_both_functions(api: Api) -> None:
    answer = api.request("GET", "/openapi.json")

    routes = {(method, path) for path, methods in answer.json["paths"].items() for method in methods}
    assert answer.headers["content-type"] == "application/json"
    assert routes == {
        ("get", "/v1/search"),
        ("post", "/v1/search"),
        ("get", "/v1/search/preview"),
        ("get", "/v1/health"),
        ("delete", "/v1/users/{user_id}/personalization-cache"),
        ("delete", "/v1/personalization-cache"),
    }


def test_the_swagger_page_loads_nothing_from_elsewhere(api: Api) -> None:
    answer = api.request("GET", "/docs")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/v1/search" in answer.body
    assert 'src="http' not in answer.body
