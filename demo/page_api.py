"""`/demo/…`: the page's own JSON interface, and the page's files."""

import json
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from demo.errors import ActRefused
from demo.jsons import Json, as_object
from demo.live import live_socket
from demo.page_acts import act, maybe_text, text_of
from demo.page_looks import look_clock, look_home, look_messages, look_state, look_views
from demo.people import User
from demo.running import RunningWorkspace

PAGE_FILES: Final = Path(__file__).with_name("page")
_OWN_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def guard(request: web.Request) -> None:
    """Only the page itself and programs on this machine. Errors: HTTPForbidden for a foreign Host or Origin."""
    host = urlsplit(f"//{request.host}")
    origin = request.headers.get("Origin")
    if host.hostname not in _OWN_HOSTS or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="This address answers to its own page only.")


class PageApi:
    def __init__(self, workspace: RunningWorkspace) -> None:
        self._workspace = workspace
        self._state = workspace.state
        self._sockets: set[web.WebSocketResponse] = set()

    async def close(self, _app: web.Application) -> None:
        """Close the pages' live sockets; for `on_shutdown`."""
        for socket in tuple(self._sockets):
            await socket.close(code=1001)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/page/{path:.+}", self._file),
            web.get("/demo/state", self._look),
            web.get("/demo/messages", self._messages),
            web.get("/demo/home", self._home),
            web.get("/demo/views", self._views),
            web.get("/demo/clock", self._clock),
            web.post("/demo/clock", self._move_clock),
            web.post("/demo/act", self._act),
            web.post("/demo/answer", self._answer),
            web.post("/demo/faults", self._set_fault),
            web.delete("/demo/faults", self._clear_faults),
            web.get("/demo/recorded", self._recorded),
            web.get("/demo/live", self._live),
        ]

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return self._page_file(request, "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return self._page_file(request, request.match_info["path"])

    def _page_file(self, request: web.Request, name: str) -> web.StreamResponse:
        guard(request)
        path = (PAGE_FILES / name).resolve()
        if not path.is_relative_to(PAGE_FILES) or not path.is_file():
            raise web.HTTPNotFound(text="There is no such page.")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _look(self, request: web.Request) -> web.Response:
        return web.json_response(look_state(self._workspace, self._me(request)))

    async def _messages(self, request: web.Request) -> web.Response:
        me = self._me(request)
        try:
            room = self._workspace.acts.room(me.id, request.query.get("channel", ""))
        except ActRefused as refused:
            return _refused(refused, status=404)
        return web.json_response(look_messages(room, me, request.query.get("thread") or None))

    async def _home(self, request: web.Request) -> web.Response:
        me = self._me(request)
        if request.query.get("open") == "1":
            self._workspace.life.open_home(me.id)
        return web.json_response(look_home(self._state, me))

    async def _views(self, request: web.Request) -> web.Response:
        return web.json_response(look_views(self._state, self._me(request)))

    async def _clock(self, request: web.Request) -> web.Response:
        guard(request)
        return web.json_response(look_clock(self._state))

    async def _move_clock(self, request: web.Request) -> web.Response:
        seconds = (await _body(request)).get("add_seconds")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            return _refused(ActRefused("invalid_request", "add_seconds is a number."), status=400)
        try:
            self._workspace.advance(float(seconds))
        except ValueError as error:
            return _refused(ActRefused("invalid_request", str(error)), status=400)
        return web.json_response(look_clock(self._state))

    async def _act(self, request: web.Request) -> web.Response:
        try:
            done = await act(self._workspace, await _body(request))
        except ActRefused as refused:
            return _refused(refused, status=400 if refused.error == "invalid_request" else 200)
        return web.json_response({"ok": True, **done})

    async def _answer(self, request: web.Request) -> web.Response:
        body = await _body(request)
        source = body.pop("source", "generic")
        begun = time.monotonic()
        try:
            if source == "generic":
                posted = await self._workspace.answers.generic(body)
            else:
                raw = json.dumps(body.get("body", body)).encode()
                posted = await self._workspace.answers.post(str(source), raw)
        except ValueError as error:
            return _refused(ActRefused("invalid_request", str(error)), status=400)
        except ConnectionError as error:
            waited = round((time.monotonic() - begun) * 1000)
            return web.json_response({"status": 0, "ms": waited, "error": "unreachable", "message": str(error)})
        return web.json_response({"status": posted.status, "ms": posted.ms, "body": posted.body})

    async def _set_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        forgotten = body.get("forget_blocks")
        if isinstance(forgotten, list):
            self._state.faults.forget_blocks(*map(str, forgotten))
            return web.json_response({"ok": True})
        try:
            self._state.faults.set(
                text_of(body, "method", what="fault"),
                error=maybe_text(body, "error"),
                status=_whole(body, "status"),
                retry_after=_whole(body, "retry_after"),
                delay=float(body.get("delay") or 0),
                cut=body.get("cut"),
                times=_whole(body, "times"),
            )
        except (ValueError, TypeError) as error:
            return _refused(ActRefused("invalid_request", str(error)), status=400)
        except ActRefused as refused:
            return _refused(refused, status=400)
        return web.json_response({"ok": True})

    async def _clear_faults(self, request: web.Request) -> web.Response:
        guard(request)
        self._state.faults.clear(request.query.get("method"))
        return web.json_response({"ok": True})

    async def _recorded(self, request: web.Request) -> web.Response:
        guard(request)
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdigit()):
            return _refused(ActRefused("invalid_request", "since is a number."), status=400)
        return web.json_response({"calls": [call.as_json() for call in self._state.recorded.since(int(since))]})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        return await live_socket(request, self._state, self._me(request), self._sockets)

    def _me(self, request: web.Request) -> User:
        guard(request)
        try:
            return self._workspace.acts.person(request.query.get("as", ""))
        except ActRefused as refused:
            raise web.HTTPNotFound(
                text=json.dumps({"ok": False, "error": refused.error, "message": refused.message}),
                content_type="application/json",
            ) from refused


async def _body(request: web.Request) -> Json:
    guard(request)
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(
            text='{"ok": false, "error": "invalid_request", "message": "The body must be a JSON object."}',
            content_type="application/json",
        )
    return as_object(body)


def _whole(body: Json, name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is a whole number.")
    return value


def _refused(refused: ActRefused, *, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": refused.error, "message": refused.message}, status=status)
