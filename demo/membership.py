"""Events about who came to a conversation and who left."""

from collections.abc import Mapping
from typing import Final, Literal

from demo.constants import TEAM_ID
from demo.jsons import Json
from demo.rooms import Kind, Room
from demo.state import State

_LETTER: Final[Mapping[Kind, str]] = {"public": "C", "private": "G", "im": "D"}


def tell_member(
    state: State,
    name: Literal["member_joined_channel", "member_left_channel"],
    user: str,
    room: Room,
    inviter: str | None = None,
) -> None:
    """Tell the app; the caller knows whether it may hear of it."""
    event: Json = {
        "type": name,
        "user": user,
        "channel": room.id,
        "channel_type": _LETTER[room.kind],
        "team": TEAM_ID,
    }
    if inviter is not None:
        event["inviter"] = inviter
    state.happened(name, event)
