"""What the page shows one person."""

from demo.constants import BOT_USER_ID
from demo.jsons import Json, own_copy
from demo.people import User
from demo.rooms import Message, Room
from demo.running import RunningWorkspace
from demo.state import State


def look_state(workspace: RunningWorkspace, me: User) -> Json:
    """`GET /demo/state`."""
    state = workspace.state
    dm = state.open_dm(me.id)
    return {
        "me": me.as_page(),
        "users": [user.as_page() for user in state.users.values()],
        "channels": [
            _channel(room, me.id)
            for room in state.rooms.values()
            if room.kind != "im" and (room.kind == "public" or me.id in room.members)
        ],
        "dms": [{"id": dm.id, "user": state.users[BOT_USER_ID].as_page(), "unread": dm.unread(me.id)}],
        "commands": [
            {"command": item.command, "description": item.description, "usage_hint": item.usage_hint}
            for item in state.manifest.commands
        ],
        "shortcuts": [
            {"name": item.name, "callback_id": item.callback_id, "type": item.type} for item in state.manifest.shortcuts
        ],
        "bot": {
            "connected": workspace.delivery.mode != "none",
            "mode": workspace.delivery.mode,
            "user_id": BOT_USER_ID,
        },
        "clock": look_clock(state),
        "hooks": workspace.answers.hooks(),
    }


def look_clock(state: State) -> Json:
    """`GET /demo/clock`."""
    return {"now": state.clock.now(), "offset": state.clock.offset}


def look_messages(room: Room, me: User, thread: str | None) -> Json:
    """`GET /demo/messages`; looking marks as read."""
    mine = [item for item in room.ephemerals if item.ephemeral_to == me.id]
    if thread is None:
        shown = [item for item in room.messages if not item.is_reply] + [i for i in mine if i.thread_ts is None]
    else:
        parent = room.by_ts.get(thread)
        shown = [parent, *room.replies.get(thread, [])] if parent else []
        shown += [item for item in mine if item.thread_ts == thread]
    if room.messages:
        room.read[me.id] = room.messages[-1].ts
    return {
        "channel": _channel(room, me.id),
        "messages": [_message(room, item) for item in sorted(shown, key=lambda item: item.ts)],
    }


def look_views(state: State, me: User) -> Json:
    """`GET /demo/views`."""
    stack = state.surfaces.stack(me.id)
    return {"stack": [{"view_id": view.id, "hash": view.hash, "view": view.as_slack()} for view in stack]}


def look_home(state: State, me: User) -> Json:
    """`GET /demo/home`."""
    view = state.surfaces.homes.get(me.id)
    return {"view": view.as_slack() if view else None}


def _message(room: Room, message: Message) -> Json:
    shown = own_copy(room.message_as_slack(message, with_metadata=False))
    shown["ephemeral"] = message.ephemeral_to is not None
    shown["state"] = {"values": own_copy(message.state)}
    return shown


def _channel(room: Room, user: str) -> Json:
    return {
        "id": room.id,
        "name": room.name,
        "is_private": room.kind == "private",
        "is_im": room.kind == "im",
        "topic": room.topic,
        "is_member": user in room.members,
        "is_archived": room.archived,
        "unread": room.unread(user),
        "bot_joined": room.bot_joined,
        "num_members": len(room.members),
    }
