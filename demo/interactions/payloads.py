"""Payloads as Slack sends them: https://docs.slack.dev/reference/interaction-payloads."""

import time
from typing import Final

from demo.constants import APP_ID, TEAM_DOMAIN, TEAM_ID, VERIFICATION_TOKEN
from demo.jsons import Json, own_copy
from demo.people import User
from demo.rooms import Message, Room
from demo.surfaces import OpenView

ROOM_NAMES: Final = {"im": "directmessage", "private": "privategroup"}


def common(kind: str, user: User, trigger_id: str | None) -> Json:
    """What every interaction carries."""
    payload: Json = {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if trigger_id is not None:
        payload["trigger_id"] = trigger_id
    return payload


def channel_ref(room: Room) -> Json:
    """`channel` of a payload; private conversations don't tell their name."""
    return {"id": room.id, "name": ROOM_NAMES.get(room.kind, room.name)}


def message_actions(base: Json, room: Room, message: Message, action: Json, response_url: str) -> Json:
    """block_actions from a message."""
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": room.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = {
        **base,
        "container": container,
        "channel": channel_ref(room),
        "state": {"values": own_copy(message.state)},
        "response_url": response_url,
        "actions": [action],
    }
    # Slack doesn't send the content of an ephemeral message back.
    if not ephemeral:
        payload["message"] = own_copy(room.message_as_slack(message))
    return payload


def view_actions(base: Json, view: OpenView, action: Json) -> Json:
    """block_actions from a modal or home tab."""
    return {
        **base,
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [action],
    }


def action_of(block: Json, element: Json, chosen: Json) -> Json:
    """One entry of `actions`: the element's own facts and what was chosen."""
    action: Json = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": f"{time.time():.6f}",
    }
    for name in ("text", "style", "placeholder", "confirm"):
        if element.get(name) is not None:
            action[name] = own_copy(element[name])
    for name, value in element.items():
        if name.startswith("initial_"):
            action[name] = value
    return action | chosen


def command_payload(user: User, room: Room, command: str, text: str, trigger_id: str, response_url: str) -> Json:
    """A slash command's form fields: all strings."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": room.id,
        "channel_name": ROOM_NAMES.get(room.kind, room.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }
