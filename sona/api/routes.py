"""The routes, without a web framework: a method, a path and a body in, an answer out."""

import hmac
import logging
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from discovery.sona import contract
from discovery.sona.contract import (
    RecommendationsRequest,
    ScoreRequest,
    ScoresRequest,
    SimilarRequest,
    UpdateRequest,
)
from sona.api.answers import OK, Answer, refusal, scored
from sona.engine import Engine
from sona.errors import StoreUnavailable

logger = logging.getLogger(__name__)

HEALTH_PATH = "/health"

Route = Callable[[bytes], Answer]


class Api:
    """Answers requests from an engine; may be asked from several threads at once."""

    def __init__(self, engine: Engine, *, token: str = "", token_required: bool = True, batch: bool = True) -> None:
        """`token`: the bearer token that every request but `/health` must have; empty for none.

        `token_required`: whether requests without a token are refused like those with another one. `batch`: whether
        there is the batch endpoint, which some engines lack.
        """
        self._engine = engine
        self._authorization = f"Bearer {token}".encode() if token else None
        self._token_required = token_required
        self._batch = batch
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", HEALTH_PATH): lambda _: self.health(),
            ("POST", contract.SCORE_PATH): self.score,
            ("POST", contract.UPDATE_PATH): self.update,
            ("POST", contract.RECOMMENDATIONS_PATH): self.recommendations,
            ("POST", contract.SIMILAR_PATH): self.similar,
        }
        if batch:
            self._routes["POST", contract.SCORES_PATH] = self.scores

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request; `headers` are found by their names in lower case."""
        if path != HEALTH_PATH and not self.may(headers.get("authorization", "")):
            return Answer(401, {"error": "unauthorized"}, {"WWW-Authenticate": "Bearer"})
        try:
            return self._routed(method, path, body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            return refusal(400, "malformed", field=".".join(map(str, first["loc"])), detail=first["msg"])
        except StoreUnavailable as error:
            logger.error("the store is unavailable: %s", error)  # noqa: TRY400 - a traceback would add nothing
            return Answer(503, {"error": "store_unavailable"}, {"Retry-After": "1"})

    def _routed(self, method: str, path: str, body: bytes) -> Answer:
        user = path.removeprefix(f"{contract.USERS_PATH}/")
        if user != path and user and "/" not in user:
            return self.erase(unquote(user)) if method == "DELETE" else refusal(405, "method_not_allowed")
        if (route := self._routes.get((method, path))) is not None:
            return route(body)
        if any(path == known for _, known in self._routes):
            return refusal(405, "method_not_allowed")
        return refusal(404, "not_found")

    def may(self, authorization: str) -> bool:
        """Whether a request with this header is to be answered."""
        sent = authorization.encode(errors="surrogateescape")
        if self._authorization is None or not (sent or self._token_required):
            return True
        return hmac.compare_digest(sent, self._authorization)

    def health(self) -> Answer:
        """Answer that the engine runs, and with which model."""
        model = self._engine.model
        described = {"model": model.id, "contents": model.size, "people": model.manifest.people}
        return Answer(OK, {"status": "ok", **described, "batch": self._batch})

    def score(self, body: bytes) -> Answer:
        """Score one content."""
        asked = _read(body, ScoreRequest)
        found = self._engine.scores(asked.user_id, [asked.content_id], explain=asked.explain)
        if not found:
            return refusal(404, "unknown_content")
        return Answer(OK, {"user_id": asked.user_id, **scored(found[0], explain=asked.explain)})

    def scores(self, body: bytes) -> Answer:
        """Score many contents; unknown ones are left out."""
        asked = _read(body, ScoresRequest)
        found = self._engine.scores(asked.user_id, list(dict.fromkeys(asked.content_ids)), explain=asked.explain)
        return Answer(OK, {"user_id": asked.user_id, "scores": [scored(one, explain=asked.explain) for one in found]})

    def update(self, body: bytes) -> Answer:
        """Learn from viewing events; those of unknown contents are not accepted."""
        asked = _read(body, UpdateRequest)
        updated = self._engine.update(asked.user_id, asked.viewing_events, asked.genres)
        answer = {"events_accepted": updated.accepted, "profile_version": updated.version}
        return Answer(OK, {"user_id": asked.user_id, **answer})

    def erase(self, user_id: str) -> Answer:
        """Forget a person."""
        return Answer(OK, {"user_id": user_id, "erased": self._engine.erase(user_id)})

    def recommendations(self, body: bytes) -> Answer:
        """Recommend titles to a person."""
        asked = _read(body, RecommendationsRequest)
        found = self._engine.recommendations(
            asked.user_id, asked.limit, without=asked.exclude, diversity=asked.diversity
        )
        listed = [scored(one, explain=True, named=True) for one in found]
        return Answer(OK, {"user_id": asked.user_id, "recommendations": listed})

    def similar(self, body: bytes) -> Answer:
        """Find titles like one."""
        asked = _read(body, SimilarRequest)
        found = self._engine.similar(asked.content_id, asked.limit, without=asked.exclude, diversity=asked.diversity)
        if found is None:
            return refusal(404, "unknown_content")
        return Answer(OK, {"content_id": asked.content_id, "similar": [scored(one, named=True) for one in found]})


def _read[M: BaseModel](body: bytes, model: type[M]) -> M:
    return model.model_validate_json(body)
