"""`/demo/live`: tells the page what changed, so that it fetches again."""

import asyncio
from typing import Final

from aiohttp import WSMsgType, web

from demo.jsons import Json
from demo.people import User
from demo.state import State

TOPICS: Final = frozenset({"messages", "views", "home", "state", "clock", "error"})


class _News:
    """What the page has not heard yet; equal news are told once."""

    def __init__(self) -> None:
        self._pending: dict[tuple[object, ...], Json] = {}
        self._some = asyncio.Event()

    def add(self, news: Json) -> None:
        self._pending[news["topic"], news.get("channel"), news.get("thread"), news.get("message")] = news
        self._some.set()

    async def take(self) -> list[Json]:
        await self._some.wait()
        self._some.clear()
        taken = list(self._pending.values())
        self._pending.clear()
        return taken


async def live_socket(
    request: web.Request, state: State, me: User, sockets: set[web.WebSocketResponse]
) -> web.StreamResponse:
    """One page's socket, until it closes; listed in `sockets` while open."""
    socket = web.WebSocketResponse(heartbeat=20.0, timeout=1.0)
    await socket.prepare(request)
    sockets.add(socket)
    news = _News()

    def hear(item: Json) -> None:
        if _concerns(item, state, me):
            news.add({name: value for name, value in item.items() if name != "user"})

    stop = state.changes.listen(hear)
    teller = asyncio.create_task(_tell(socket, news))
    try:
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
    finally:
        sockets.discard(socket)
        stop()
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)
    return socket


def _concerns(item: Json, state: State, me: User) -> bool:
    if item["topic"] not in TOPICS or item.get("user") not in {None, me.id}:
        return False
    room = state.rooms.get(item.get("channel", ""))
    return room is None or room.kind == "public" or me.id in room.members


async def _tell(socket: web.WebSocketResponse, news: _News) -> None:
    while not socket.closed:
        for item in await news.take():
            await socket.send_json(item)
