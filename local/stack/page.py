"""The JavaScript client and its test page, and tokens of the demo users for that page.

A token is as good as a password, so it goes to this machine's own page only. A page of another origin can't read an
answer without CORS headers, which these never have. A name server could make another origin lead here ("DNS
rebinding"), so the host must be named in a way that no name server answers for. Tokens are those of demo users, without
scopes; nothing of this is part of a deployment.
"""

from pathlib import Path

from aiohttp import web

from local.stack.description import Description, User
from local.stack.folders import FILE
from local.stack.issuer import Issuer
from local.stack.processes import ROOT

PATH = "/page"
"""Of the test page; it leads on to where the page is in the repository, so that its relative addresses hold."""
CLIENT = ROOT / "clients" / "js"
_SERVED_AT = "/clients/js"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_OURS = {"127.0.0.1", "localhost"}
_HEADERS = {
    "Cache-Control": "no-store",  # an edit is seen at the next reload
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Page:
    """The routes of the page, over the folder of a stack, where its demo users are named."""

    def __init__(self, issuer: Issuer, stack: Path) -> None:
        self._issuer = issuer
        self._stack = stack

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes; those that come after have the other paths."""
        router.add_get(PATH, _lead_on)
        router.add_get(f"{PATH}/", _lead_on)
        router.add_get(f"{PATH}/users", self._list_users)
        router.add_get(f"{PATH}/users/{{user}}/token", self._give_token)
        router.add_get(f"{_SERVED_AT}/{{path:.*}}", _send_file)

    async def _list_users(self, _: web.Request) -> web.Response:
        users = [{"id": user.id, "taste": user.taste} for user in self._users()]
        return web.json_response({"users": users}, headers=_HEADERS)

    async def _give_token(self, request: web.Request) -> web.Response:
        if request.url.host not in _OURS or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return web.json_response({"message": "Only this machine's own page gets tokens"}, status=403)
        user = request.match_info["user"]
        if user not in {one.id for one in self._users()}:
            return web.json_response({"message": "No such demo user"}, status=404)
        return web.json_response({"token": self._issuer.sign(user)}, headers=_HEADERS)

    def _users(self) -> tuple[User, ...]:
        try:
            return Description.read(self._stack / FILE).users
        except FileNotFoundError as error:
            raise web.HTTPServiceUnavailable(text="The stack is starting") from error


async def _lead_on(_: web.Request) -> web.Response:
    raise web.HTTPFound(f"{_SERVED_AT}/page/")


async def _send_file(request: web.Request) -> web.Response:
    file = (CLIENT / request.match_info["path"]).resolve()
    if file.is_dir():
        file /= "index.html"
    if not file.is_relative_to(CLIENT) or file.suffix not in _TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=_TYPES[file.suffix], charset="utf-8", headers=_HEADERS)
