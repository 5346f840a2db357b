"""SONA over HTTP."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from discovery.sona import contract
from discovery.sona.contract import ScoreRequest, ScoresRequest, UpdateRequest, ViewingEvent
from sona.demo import DemoUser
from sona.engine import COMPONENTS, Engine
from sona.events import Announcer
from sona.profile import Viewing

logger = logging.getLogger(__name__)

HEALTH_PATH = "/health"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Sona:
    """The handlers; they run one at a time on the event loop, so each sees a whole profile."""

    def __init__(
        self,
        engine: Engine,
        *,
        demo_users: Sequence[DemoUser],
        announcer: Announcer | None,
        batch: bool,
        token: str = "",
    ) -> None:
        """`token`: the bearer token that every request but `/health` must have; empty for none."""
        self._engine = engine
        self._demo_users = demo_users
        self._announcer = announcer
        self._batch = batch
        self._authorization = f"Bearer {token}".encode() if token else None

    def application(self) -> web.Application:
        """The routes; without the batch endpoint its path is a 404."""
        application = web.Application(middlewares=[self._only_who_may, _refusals])
        application.router.add_get(HEALTH_PATH, self.health)
        application.router.add_get("/api/v1/users", self.users)
        application.router.add_post(contract.SCORE_PATH, self.score)
        application.router.add_post(contract.UPDATE_PATH, self.update)
        if self._batch:
            application.router.add_post(contract.SCORES_PATH, self.scores)
        application.on_cleanup.append(self._drain)
        return application

    @web.middleware
    async def _only_who_may(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer 401 to whoever does not have the token."""
        sent = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        known = self._authorization is None or hmac.compare_digest(sent, self._authorization)
        if known or request.path == HEALTH_PATH:
            return await handler(request)
        return web.json_response({"error": "unauthorized"}, status=401, headers={"WWW-Authenticate": "Bearer"})

    async def health(self, _: web.Request) -> web.Response:
        """Answer that SONA runs, with its numbers of titles and users."""
        engine = self._engine
        return web.json_response(
            {"status": "ok", "contents": engine.features.size, "users": engine.user_count, "batch": self._batch}
        )

    async def users(self, _: web.Request) -> web.Response:
        """List the demo users."""
        return web.json_response({"users": [{"id": user.id, "taste": user.taste} for user in self._demo_users]})

    async def score(self, request: web.Request) -> web.Response:
        """Score one content."""
        asked = await _body(request, ScoreRequest)
        row = self._engine.features.row_of.get(asked.content_id)
        found = self._engine.scores(asked.user_id, [] if row is None else [row])
        if found is None:
            return _not_found("unknown_user")
        if not found:
            return _not_found("unknown_content")
        return web.json_response({"user_id": asked.user_id, **_answer(asked.content_id, found[0])})

    async def scores(self, request: web.Request) -> web.Response:
        """Score many contents; unknown ones are left out, and an unknown user has no scores.

        Not a 404 for that user: clients read a 404 here as "this engine has no batch endpoint".
        """
        asked = await _body(request, ScoresRequest)
        row_of = self._engine.features.row_of
        known = [content_id for content_id in dict.fromkeys(asked.content_ids) if content_id in row_of]
        found = self._engine.scores(asked.user_id, [row_of[content_id] for content_id in known]) or []
        answers = [_answer(content_id, scores) for content_id, scores in zip(known, found, strict=False)]
        return web.json_response({"user_id": asked.user_id, "scores": answers})

    async def update(self, request: web.Request) -> web.Response:
        """Learn from viewing events; those of unknown contents are not accepted."""
        asked = await _body(request, UpdateRequest)
        row_of = self._engine.features.row_of
        viewings = [
            _viewing(event, row_of[event.content_id]) for event in asked.viewing_events if event.content_id in row_of
        ]
        if viewings:
            version = self._engine.update(asked.user_id, viewings)
            if self._announcer:
                self._announcer.announce(asked.user_id, version)
        if ignored := len(asked.viewing_events) - len(viewings):
            logger.warning("%d viewing events of unknown contents ignored", ignored)
        answer = {"events_accepted": len(viewings), "profile_version": self._engine.version(asked.user_id)}
        return web.json_response({"user_id": asked.user_id, **answer})

    async def _drain(self, _: web.Application) -> None:
        if self._announcer:
            await self._announcer.drain()


async def _body[M: BaseModel](request: web.Request, model: type[M]) -> M:
    return model.model_validate_json(await request.read())


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 400 to a body that can't be read, naming the first thing wrong with it."""
    try:
        return await handler(request)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return web.json_response({"error": "malformed", "field": field, "detail": first["msg"]}, status=400)


def _not_found(error: str) -> web.Response:
    return web.json_response({"error": error}, status=404)


def _answer(content_id: str, scores: list[float]) -> dict[str, Any]:
    score, *components = scores
    return {"content_id": content_id, "score": score, "components": dict(zip(COMPONENTS, components, strict=True))}


def _viewing(event: ViewingEvent, row: int) -> Viewing:
    return Viewing(
        row=row,
        at=event.timestamp.timestamp(),
        completion_rate=event.completion_rate,
        rating=event.rating,
        is_rewatch=event.is_rewatch,
        dismissed=event.dismissed,
    )
