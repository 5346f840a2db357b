"""Asking the API for previews, a few at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import httpx
from pydantic import ValidationError

from discovery.api.preview_responses import PreviewResponse

_AT_ONCE = 4
_ANSWER_SECONDS = 15.0


@dataclass(frozen=True)
class Answered:
    """A query for a person, with its preview or the reason why there is none."""

    query: str
    user: str
    preview: PreviewResponse | None = None
    failure: str | None = None


class Previews:
    """Calls `GET /v1/search/preview`; a context manager."""

    def __init__(self, url: str, token: str, weights: str | None, limit: int) -> None:
        self._options = {"limit": str(limit)} | ({"weights": weights} if weights is not None else {})
        headers = {"Authorization": f"Bearer {token}"}
        self._api = httpx.Client(base_url=url, headers=headers, timeout=_ANSWER_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()

    def ask(self, pairs: Sequence[tuple[str, str]], progress: Callable[[int], None]) -> list[Answered]:
        """The answers for pairs of query and user id, in their order; a failed call is an answer too."""
        answered = []
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for answer in pool.map(lambda pair: self._ask(*pair), pairs):
                answered.append(answer)
                progress(1)
        return answered

    def _ask(self, query: str, user: str) -> Answered:
        parameters = {"query": query, "user_id": user, **self._options}
        try:
            response = self._api.get("/v1/search/preview", params=parameters)
            if response.is_error:
                return Answered(query, user, failure=_problem(response))
            # A later version of the API may answer with more fields than this one knows.
            return Answered(query, user, PreviewResponse.model_validate_json(response.content, extra="ignore"))
        except ValidationError as error:
            return Answered(query, user, failure=f"not a preview: {error.errors()[0]['msg']}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answered(query, user, failure=f"{type(error).__name__}: {error}")


def _problem(response: httpx.Response) -> str:
    """The detail of an `application/problem+json` answer, with the status; the status alone where it has none."""
    try:
        body = response.json()
        fields = "; ".join(f"{error['field']}: {error['detail']}" for error in body.get("errors", ()))
        detail = fields or body.get("detail") or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        detail = ""
    return f"{response.status_code} {response.reason_phrase}{': ' if detail else ''}{detail}"
