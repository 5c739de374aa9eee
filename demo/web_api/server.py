"""`/api/{method}`: from an HTTP request to a recorded outcome."""

import asyncio
import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from aiohttp import web

from demo.constants import APP_TOKEN, BOT_TOKEN
from demo.errors import Refusal
from demo.faults import Fault
from demo.jsons import Json
from demo.state import State

# Importing the families registers their methods.
from demo.web_api import basics, chat, conversations, files, validation, views  # noqa: F401 - registers methods
from demo.web_api.arguments import Arguments, read_arguments
from demo.web_api.registry import METHODS, ApiCall, Method, method, missing_scope

NewTicket = Callable[[], str]
_EMPTY: Final[Json] = {}


@method("apps.connections.open", app_token=True)
def _connections_open(_call: ApiCall) -> Json:
    return {}


class WebApi:
    """`base_url` is where the workspace is reached; `new_socket_url` gives the address of one new socket."""

    def __init__(self, state: State, new_socket_url: NewTicket) -> None:
        self.state = state
        self.base_url = ""
        self._new_socket_url = new_socket_url

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            arguments, token = await read_arguments(request)
            unreadable = None
        except Refusal as refusal:
            arguments, token, unreadable = Arguments({}), None, refusal
        except ConnectionError:
            # The caller died before its request was whole: Slack never saw it.
            return web.Response(status=400)
        fault = self.state.faults.take(name)
        if fault is not None and fault.delay > 0:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.refuses:
            return self._hit_by(fault, request, name, arguments)
        answer, status, headers = self._outcome(name, arguments, bearer(request) or token, unreadable)
        cut = fault.cut if fault is not None else None
        self._record(name, arguments, answer, status, cut)
        if cut:
            return _cut(request)
        return self._respond(name, answer, status, headers)

    def _outcome(
        self, name: str, arguments: Arguments, token: str | None, unreadable: Refusal | None
    ) -> tuple[Json, int, dict[str, str]]:
        """The answer's body, HTTP status and headers."""
        try:
            if unreadable is not None:
                raise unreadable
            return {"ok": True, **self._call(name, arguments, token)}, 200, {}
        except Refusal as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.extra}
            return answer, refusal.status, dict(refusal.headers)
        except RecursionError:
            return {"ok": False, "error": "invalid_arguments"}, 200, {}

    def _call(self, name: str, arguments: Arguments, token: str | None) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise Refusal("unknown_method", extra={"req_method": name})
        self._authenticate(known, token)
        self.state.limits.count_call(name, known.tier)
        if known.scopes and not self.state.scopes.intersection(known.scopes):
            raise missing_scope(self.state, known.scopes)
        if known.app_token:
            if not self.state.manifest.socket_mode:
                raise Refusal("socket_mode_not_enabled")
            return {"url": self._new_socket_url()}
        return known.handler(ApiCall(self.state, arguments, self.base_url))

    def _authenticate(self, known: Method, token: str | None) -> None:
        if known.name == "api.test":
            return
        if not token:
            raise Refusal("not_authed")
        wanted, other = (APP_TOKEN, BOT_TOKEN) if known.app_token else (BOT_TOKEN, APP_TOKEN)
        if secrets.compare_digest(token.encode(), other.encode()):
            raise Refusal("not_allowed_token_type")
        if not secrets.compare_digest(token.encode(), wanted.encode()):
            raise Refusal("invalid_auth")
        if self.state.revoked:
            raise Refusal("token_revoked")
        if self.state.inactive:
            raise Refusal("account_inactive")

    def _hit_by(self, fault: Fault, request: web.Request, name: str, arguments: Arguments) -> web.StreamResponse:
        status = fault.status or 200
        error = fault.error or ("ratelimited" if status == HTTPStatus.TOO_MANY_REQUESTS else None)
        answer: Json = {"ok": False, "error": error} if error else {"ok": False}
        self._record(name, arguments, answer, status, fault.cut)
        if fault.cut:
            return _cut(request)
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers.setdefault("Retry-After", "1")
        if error is None:
            return web.Response(status=status, text=_proxy_page(status), content_type="text/html", headers=headers)
        return self._respond(name, answer, status, headers)

    def _record(self, name: str, arguments: Arguments, answer: Json, status: int, cut: str | None) -> None:
        self.state.recorded.add(name, arguments.values, answer, status=status, cut=cut)
        self.state.changes.tell("recorded")

    def _respond(self, name: str, answer: Json, status: int, headers: dict[str, str]) -> web.Response:
        known = METHODS.get(name)
        headers["x-oauth-scopes"] = ",".join(sorted(self.state.scopes))
        headers["x-accepted-oauth-scopes"] = ",".join(known.scopes) if known else ""
        headers["x-slack-req-id"] = secrets.token_hex(16)
        body = json.dumps(answer).encode()
        return web.Response(body=body, status=status, content_type="application/json", charset="utf-8", headers=headers)


def bearer(request: web.Request) -> str | None:
    """The token of the Authorization header."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _proxy_page(status: int) -> str:
    return f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
