"""The engine as a process: aiohttp in front of the routes, which run on threads since the store may wait."""

import asyncio
from collections.abc import Iterable

from aiohttp import web

from discovery.sona import contract
from sona.api.routes import Api
from sona.demo import DemoUser

_MOST_BYTES = 4 * 1024 * 1024


def application(api: Api, *, demo_users: Iterable[DemoUser] = ()) -> web.Application:
    """The engine's routes, and at `/api/v1/users` a list of the demo users, who are there to be tried."""
    listed = [{"id": user.id, "taste": user.taste} for user in demo_users]

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        answered = await asyncio.to_thread(api.answer, request.method, request.rel_url.raw_path, headers, body)
        return web.json_response(dict(answered.body), status=answered.status, headers=answered.headers)

    async def users(request: web.Request) -> web.Response:
        if not api.may(request.headers.get("authorization", "")):
            return await answer(request)  # which refuses
        return web.json_response({"users": listed})

    application = web.Application(client_max_size=_MOST_BYTES)
    application.router.add_get(contract.USERS_PATH, users)
    application.router.add_route("*", "/{path:.*}", answer)
    return application
