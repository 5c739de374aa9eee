"""Addresses beside /api that Slack hands out: response URLs, uploads and downloads."""

import json

from aiohttp import web

from demo.errors import Refusal
from demo.faults import Fault
from demo.interactions.answers import use_response_url
from demo.jsons import Json, as_object
from demo.state import State


class RespondAddress:
    """`POST /respond/{key}`: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.

    Recorded, and hit by faults, under the name `response_url`.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    async def handle(self, request: web.Request) -> web.Response:
        fault = self._state.faults.take("response_url")
        body = _json_or_none(await request.read())
        answer: Json = {"ok": True}
        status = 200
        try:
            self._use(request.match_info["key"], body, fault)
        except Refusal as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.extra}
            status = max(refusal.status, 400)
        self._state.recorded.add("response_url", as_object(body), answer, status=status)
        self._state.changes.tell("recorded")
        if status == 200:
            return web.Response(text="ok")
        return web.json_response(answer, status=status)

    def _use(self, key: str, body: object, fault: Fault | None) -> None:
        if fault is not None and fault.refuses:
            raise Refusal(fault.error or "internal_error", status=fault.status or 500)
        if not isinstance(body, dict):
            raise Refusal("invalid_payload", status=400)
        use_response_url(self._state, self._state.response_urls.use(key), body)


class FileAddress:
    """The bytes of uploads."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def receive(self, request: web.Request) -> web.Response:
        """`POST` or `PUT /files/upload/{id}`: raw bytes or one multipart file, once, of the announced length."""
        upload = self._state.uploads.get(request.match_info["id"])
        if upload is None or upload.content is not None:
            return web.Response(status=404, text="There is no such upload.")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            part = next((item for item in form.values() if isinstance(item, web.FileField)), None)
            content = part.file.read() if part else b""
        else:
            content = await request.read()
        if len(content) != upload.length:
            return web.Response(status=400, text=f"Expected {upload.length} bytes, got {len(content)}.")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def give(self, request: web.Request) -> web.Response:
        """`GET /files/{id}/{name}`: a shared file, always as a download."""
        upload = self._state.uploads.get(request.match_info["id"])
        if upload is None or not upload.complete or upload.content is None:
            return web.Response(status=404, text="There is no such file.")
        return web.Response(
            body=upload.content,
            content_type=upload.mimetype,
            headers={"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"},
        )


def _json_or_none(raw: bytes) -> object:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value
