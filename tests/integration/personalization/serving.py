"""Searching through a composed service, and the people and likes that its tests share."""

from collections.abc import Callable
from typing import Any

from discovery.api.auth import Caller
from discovery.api.requests import SearchRequest
from discovery.api.search_responses import SearchResponse
from discovery.composition.search import SearchService
from tests import catalogues

ANA = Caller("ana")
BROAD = "space sea crime love food war fear games family music"
LIKES = {"ana": {content.id: place / 100 for place, content in enumerate(catalogues.CONTENTS)}}

Serve = Callable[..., SearchService]
"""Starts an environment's search service, with a section's settings changed."""


def search(service: SearchService, caller: Caller = ANA, **request: Any) -> SearchResponse:
    return service.search(SearchRequest(query=BROAD, page_size=100, **request), caller)


def ids(response: SearchResponse) -> list[str]:
    return [result.content.id for result in response.results]
