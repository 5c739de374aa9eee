"""Short-lived permissions: trigger ids (3 s, once) and response URLs (30 min, 5 times), in real time."""

import secrets
import time
from dataclasses import dataclass

from demo.errors import Refusal, invalid_arguments

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class Trigger:
    user: str
    in_modal: bool
    born: float
    used: bool = False


class Triggers:
    """Trigger ids handed out with interactions."""

    def __init__(self, seconds: float = TRIGGER_SECONDS) -> None:
        self.seconds = seconds
        self._by_id: dict[str, Trigger] = {}

    def new(self, user: str, *, in_modal: bool = False) -> str:
        """A fresh trigger id; `in_modal` allows views.push."""
        now = time.monotonic()
        stale = [key for key, item in self._by_id.items() if item.born < now - 600]
        for key in stale:
            del self._by_id[key]
        trigger_id = f"{int(time.time() * 1000)}.{secrets.randbelow(10**10):010d}.{secrets.token_hex(16)}"
        self._by_id[trigger_id] = Trigger(user, in_modal, now)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger id up. Errors: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id."""
        trigger = self.look(trigger_id)
        trigger.used = True
        return trigger

    def look(self, trigger_id: str) -> Trigger:
        """A trigger that could be exchanged now, without using it up."""
        trigger = self._by_id.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() - trigger.born > self.seconds:
            raise Refusal("expired_trigger_id")
        return trigger


@dataclass(slots=True)
class ResponseUrl:
    """Where a response URL writes: the channel, the person who acted, the message it came from."""

    user: str
    channel: str
    message_ts: str | None
    thread_ts: str | None
    born: float
    uses: int = 0


class ResponseUrls:
    def __init__(self, seconds: float = RESPONSE_URL_SECONDS) -> None:
        self.seconds = seconds
        self._by_id: dict[str, ResponseUrl] = {}

    def new(self, user: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None) -> str:
        """The id of a fresh response URL."""
        key = secrets.token_urlsafe(18)
        self._by_id[key] = ResponseUrl(user, channel, message_ts, thread_ts, time.monotonic())
        return key

    def use(self, key: str) -> ResponseUrl:
        """Count one use. Errors: used_url after five, expired_url after 30 minutes, no_such_url."""
        found = self._by_id.get(key)
        if found is None:
            raise Refusal("no_such_url", status=404)
        if time.monotonic() - found.born > self.seconds:
            raise Refusal("expired_url", status=404)
        if found.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url", status=404)
        found.uses += 1
        return found


def require_trigger(trigger_id: str | None) -> str:
    if not trigger_id:
        raise invalid_arguments("missing required field: trigger_id")
    return trigger_id
