"""Bots for the workspace's tests: real Bolt apps over real sockets, with the SDK unmodified."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.constants import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from demo.running import RunningWorkspace

Register = Callable[[AsyncApp], None]


def client(ws: RunningWorkspace, token: str = BOT_TOKEN) -> AsyncWebClient:
    """The SDK's client without its own repetition of cut calls, which would post twice."""
    return AsyncWebClient(token, base_url=ws.api_url, retry_handlers=[])


def new_app(ws: RunningWorkspace, register: Register) -> AsyncApp:
    app = AsyncApp(client=client(ws), signing_secret=SIGNING_SECRET)
    register(app)
    return app


@asynccontextmanager
async def socket_bot(ws: RunningWorkspace, register: Register) -> AsyncIterator[AsyncApp]:
    app = new_app(ws, register)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client(ws, APP_TOKEN))
    before = len(ws.sockets.connections)
    await handler.connect_async()
    await ws.until(lambda: len(ws.sockets.connections) > before)
    try:
        yield app
    finally:
        await handler.close_async()


@asynccontextmanager
async def http_bot(ws: RunningWorkspace, register: Register) -> AsyncIterator[AsyncApp]:
    app = new_app(ws, register)
    runner = web.AppRunner(app.web_app(path="/slack/events"))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ws.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield app
    finally:
        ws.bot_url = None
        await runner.cleanup()


BOTS = {"socket": socket_bot, "http": http_bot}


@asynccontextmanager
async def raw_bot(ws: RunningWorkspace, handler: Callable[[web.Request], object]) -> AsyncIterator[list[web.Request]]:
    """A bare HTTP bot that answers as `handler` says; gives the requests it saw."""
    seen: list[web.Request] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        await request.read()
        seen.append(request)
        answer = handler(request)
        if not isinstance(answer, web.StreamResponse):
            answer = await answer  # type: ignore[misc]
        return answer

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ws.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield seen
    finally:
        await runner.cleanup()


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str | None = None) -> dict[str, object]:
    made: dict[str, object] = {"type": "button", "action_id": action_id, "text": plain("Press")}
    if value is not None:
        made["value"] = value
    return made


def actions(*elements: dict[str, object], block_id: str = "buttons") -> dict[str, object]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def text_input(block_id: str, action_id: str = "text", **fields: object) -> dict[str, object]:
    element = {"type": "plain_text_input", "action_id": action_id, **fields}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element}


def modal(*blocks: dict[str, object], **fields: object) -> dict[str, object]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Save"),
        "blocks": list(blocks) or [text_input("note")],
        **fields,
    }
