"""Asking the API for previews, a few at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from discovery_cli.output import Output

_AT_ONCE = 4
_ANSWER_SECONDS = 15.0


class _Answer(BaseModel):
    """Part of an answer; a later version of the API may add fields."""

    model_config = ConfigDict(frozen=True)


class Result(_Answer):
    """A result under one weight."""

    content_id: str
    title: str
    release_year: int | None
    rank: int
    control_rank: int
    moved: int
    """Places up against weight 0."""
    relevance: float
    score: float | None
    final: float


class Column(_Answer):
    """The results under one weight."""

    weight: float
    variant: str | None
    churn_at_10: float = Field(ge=0, le=1)
    rank_biased_overlap: float = Field(ge=0, le=1)
    results: tuple[Result, ...]


class Scores(_Answer):
    """How the scores were come by."""

    status: str
    reason: str | None
    scored: int
    candidates: int


class Preview(_Answer):
    """The answer of `GET /v1/search/preview`."""

    user: str | None
    policy_version: str
    epoch: str | None
    assignment: dict[str, Any]
    scores: Scores
    total_count: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Answered:
    """A query for a person, and what came of it."""

    query: str
    user: str
    preview: Preview | None = None
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

    def ask(self, pairs: Sequence[tuple[str, str]], output: Output) -> list[Answered]:
        """The answers for pairs of query and user id, in their order; a failed call is an answer too."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = pool.map(lambda pair: self._ask(*pair), pairs)
            return list(output.progress(answers, "previewing", len(pairs)))

    def _ask(self, query: str, user: str) -> Answered:
        parameters = {"query": query, "user_id": user, **self._options}
        try:
            response = self._api.get("/v1/search/preview", params=parameters)
            if response.is_error:
                return Answered(query, user, failure=_problem(response))
            return Answered(query, user, preview=Preview.model_validate_json(response.content))
        except ValidationError as error:
            return Answered(query, user, failure=f"not a preview: {error.errors()[0]['msg']}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answered(query, user, failure=f"{type(error).__name__}: {error}")


def _problem(response: httpx.Response) -> str:
    """What an `application/problem+json` answer says, or the bare status."""
    try:
        body = response.json()
        fields = "; ".join(f"{error['field']}: {error['detail']}" for error in body.get("errors", ()))
        said = fields or body.get("detail") or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        said = ""
    return f"{response.status_code} {response.reason_phrase}{': ' if said else ''}{said}"
