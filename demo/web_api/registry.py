"""Which methods there are, what scopes they need and how often they may be called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from demo.errors import Refusal
from demo.jsons import Json
from demo.rooms import Room
from demo.state import State
from demo.web_api.arguments import Arguments


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call in hand: the workspace, the arguments, the address the workspace is reached at."""

    state: State
    args: Arguments
    base_url: str


Handler = Callable[[ApiCall], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: one of them is enough; `tier`: Slack's rate limit tier, None where none is published."""

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    tier: int | None
    app_token: bool = False


METHODS: Final[dict[str, Method]] = {}

READ: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")
_SCOPE_OF_KIND: Final = {"public": "channels", "private": "groups", "im": "im"}


def method(
    name: str, *, scopes: tuple[str, ...] = (), tier: int | None = None, app_token: bool = False
) -> Callable[[Handler], Handler]:
    """Register a Web API method."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, tier, app_token)
        return handler

    return register


def missing_scope(state: State, needed: tuple[str, ...]) -> Refusal:
    return Refusal("missing_scope", extra={"needed": ",".join(needed), "provided": ",".join(sorted(state.scopes))})


def require_scope_of(call: ApiCall, room: Room, action: str) -> None:
    """Errors: missing_scope when a kind of conversation needs a scope the app lacks (`action`: read, history)."""
    needed = f"{_SCOPE_OF_KIND[room.kind]}:{action}"
    if needed not in call.state.scopes:
        raise missing_scope(call.state, (needed,))


def visible_room(call: ApiCall, channel: str) -> Room:
    """A conversation the bot can see. Errors: channel_not_found."""
    room = call.state.rooms.get(channel)
    if room is None or (room.kind == "private" and not room.bot_joined):
        raise Refusal("channel_not_found")
    return room


def cursor_page(keys: list[str], cursor: str | None, limit: int) -> tuple[list[str], str]:
    """One page of sorted keys and the cursor of the next ("" at the end). Errors: invalid_cursor."""
    start = 0
    if cursor is not None:
        if not cursor.startswith("next:"):
            raise Refusal("invalid_cursor")
        after = cursor.removeprefix("next:")
        start = next((index for index, key in enumerate(keys) if key > after), len(keys))
    page = keys[start : start + limit]
    more = start + limit < len(keys)
    return page, f"next:{page[-1]}" if more and page else ""
