from functions.search.app import OPENAPI_FILE
from tools import openapi


def test_the_described_api_is_the_one_that_the_routes_make() -> None:
    assert OPENAPI_FILE.read_text(encoding="utf-8") == openapi.current(), "run `make openapi`"
