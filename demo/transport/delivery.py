"""To the bot by socket when one is open, else by HTTP; events with retries."""

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Final, Literal

from demo.constants import APP_ID, BOT_USER_ID, TEAM_ID, VERIFICATION_TOKEN
from demo.jsons import Json
from demo.state import State
from demo.transport.acks import Ack, Kind
from demo.transport.http import HttpSender
from demo.transport.socket import Sockets

log = logging.getLogger(__name__)
ACK_SECONDS: Final = 3.0
MOST_REMEMBERED: Final = 20_000
RETRY_DELAYS: Final = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """`ack`: seconds the bot has for an ack; `retries`: seconds before each repetition of an unacked event."""

    ack: float = ACK_SECONDS
    retries: tuple[float, ...] = RETRY_DELAYS


@dataclass(frozen=True, slots=True)
class Sent:
    """One payload that went to the bot; `attempt` 0 is the first."""

    kind: Kind
    payload: Json
    attempt: int
    ack: Ack


class Delivery:
    """`sent` lists the last payloads with their acks, in order of the acks."""

    def __init__(self, state: State, patience: Patience) -> None:
        self.state = state
        self.patience = patience
        self.sockets = Sockets(state.changes)
        self.http = HttpSender(state.manifest)
        self.sent: list[Sent] = []
        self._events: set[asyncio.Task[None]] = set()
        state.happened = self.event

    @property
    def mode(self) -> Literal["socket", "http", "none"]:
        if self.sockets.connections:
            return "socket"
        return "http" if self.http.bot_url else "none"

    async def send(self, kind: Kind, payload: Json, *, attempt: int = 0, reason: str = "") -> Ack:
        """One attempt. The ack says acked, timeout, refused or unreachable; it never raises."""
        sender = self.sockets.send if self.sockets.connections else self.http.send
        ack = await sender(kind, payload, self.patience.ack, retry=(attempt, reason))
        self.sent.append(Sent(kind, payload, attempt, ack))
        if len(self.sent) > MOST_REMEMBERED:
            del self.sent[: MOST_REMEMBERED // 2]
        self.state.changes.tell("sent")
        return ack

    def event(self, name: str, event: Json) -> None:
        """Send an event in the background if the manifest subscribes to it (`name` as subscribed)."""
        if name not in self.state.manifest.events:
            return
        task = asyncio.create_task(self._with_retries(self._wrapped(event)))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def settled(self) -> None:
        """Wait until no event is on its way or waits for a repetition."""
        while self._events:
            await asyncio.wait(tuple(self._events))

    async def close(self) -> None:
        for task in tuple(self._events):
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
        await self.sockets.close()
        await self.http.close()

    async def _with_retries(self, payload: Json) -> None:
        ack = await self.send("events_api", payload)
        for attempt, delay in enumerate(self.patience.retries, start=1):
            if ack.ok or ack.no_retry:
                return
            await asyncio.sleep(delay)
            ack = await self.send("events_api", payload, attempt=attempt, reason=ack.reason)
        if not ack.ok:
            log.warning("The bot did not take event %s: %s", payload["event_id"], ack.reason)

    def _wrapped(self, event: Json) -> Json:
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": {**event, "event_ts": event.get("event_ts") or self.state.clock.stamp()},
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(12)}",
        }
