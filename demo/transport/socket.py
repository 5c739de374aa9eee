"""Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode."""

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Final

from aiohttp import WSMsgType, web

from demo.changes import Changes
from demo.constants import APP_ID
from demo.jsons import Json
from demo.transport.acks import Ack, Kind

MOST_CONNECTIONS: Final = 10
TICKET_SECONDS: Final = 30.0
PING_SECONDS: Final = 15.0
CLOSE_SECONDS: Final = 1.0
CONNECTION_SECONDS: Final = 18_060
WITH_RESPONSE: Final = frozenset({"interactive", "slash_commands", "options"})


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket and the payloads on it that wait for their ack."""

    ws: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    sent: int = 0

    def drop(self) -> None:
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("The socket closed before the ack."))


class Sockets:
    """All open Socket Mode connections; each payload goes to any one of them."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._tickets: dict[str, float] = {}
        self.connections: list[Connection] = []

    def new_ticket(self) -> str:
        """A ticket for one connection, valid 30 s."""
        now = time.monotonic()
        self._tickets = {key: born for key, born in self._tickets.items() if now - born < TICKET_SECONDS}
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = now
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`GET /socket?ticket=…`: the websocket itself."""
        born = self._tickets.pop(request.query.get("ticket", ""), None)
        if born is None or time.monotonic() - born > TICKET_SECONDS:
            return web.Response(status=401, text="This socket address was used or is too old.")
        ws = web.WebSocketResponse(heartbeat=PING_SECONDS, timeout=CLOSE_SECONDS)
        await ws.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _debug_info()})
            await ws.close()
            return ws
        connection = Connection(ws)
        self.connections.append(connection)
        self._changes.tell("state")
        try:
            await ws.send_json(self._hello())
            await self._receive(connection)
        except ConnectionError:
            pass  # the other side is gone; what waited on it is told below
        finally:
            self.connections.remove(connection)
            connection.drop()
            self._changes.tell("state")
        return ws

    async def send(self, kind: Kind, payload: Json, limit: float, *, retry: tuple[int, str] = (0, "")) -> Ack:
        """Hand a payload to one connection and wait up to `limit` seconds for its ack."""
        if not self.connections:
            return Ack("unreachable", reason="connection_failed")
        connection = secrets.choice(self.connections)
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": "interactive" if kind == "options" else kind,
            "accepts_response_payload": kind in WITH_RESPONSE,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        begun = time.monotonic()
        try:
            connection.sent += 1
            async with asyncio.timeout(limit):
                await connection.ws.send_str(json.dumps(envelope))
                answer = await future
        except TimeoutError:
            return Ack("timeout", reason="timeout", seconds=time.monotonic() - begun)
        except ConnectionError:
            return Ack("unreachable", reason="connection_failed", seconds=time.monotonic() - begun)
        finally:
            del connection.waiting[envelope_id]
        body = answer.get("payload") if envelope["accepts_response_payload"] else None
        return Ack("acked", body, seconds=time.monotonic() - begun)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go away (`warning`, `refresh_requested`, `link_disabled`) and close it."""
        for connection in tuple(self.connections):
            await connection.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": _debug_info()})
            if reason != "warning":
                await connection.ws.close()

    async def close(self) -> None:
        for connection in tuple(self.connections):
            await connection.ws.close(code=1001)

    async def _receive(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                answer = json.loads(message.data)
            except ValueError:
                continue
            envelope_id = answer.get("envelope_id") if isinstance(answer, dict) else None
            future = connection.waiting.get(envelope_id) if isinstance(envelope_id, str) else None
            if future is not None and not future.done():
                future.set_result(answer)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                **_debug_info(),
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": APP_ID},
        }


def _debug_info() -> Json:
    return {"host": "applink-local"}
