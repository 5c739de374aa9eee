"""conversations.* apart from messages: https://docs.slack.dev/reference/methods?family=conversations."""

from typing import Final

from demo.constants import BOT_USER_ID
from demo.errors import Refusal
from demo.jsons import Json
from demo.membership import tell_member
from demo.web_api.registry import (
    READ,
    ApiCall,
    cursor_page,
    method,
    missing_scope,
    require_scope_of,
    visible_room,
)

_TYPES: Final = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_TYPE_SCOPE: Final = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}


@method("conversations.open", scopes=("im:write", "mpim:write"), tier=3)
def open_conversation(call: ApiCall) -> Json:
    args, state = call.args, call.state
    channel = args.maybe("channel")
    if channel is not None:
        room = visible_room(call, channel)
        return {"no_op": True, "already_open": True, "channel": {"id": room.id}}
    users = [user for user in (args.maybe("users") or "").split(",") if user]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("method_not_supported_for_channel_type")
    user = state.users.get(users[0])
    if user is None:
        raise Refusal("user_not_found")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    known = state.dm(user.id)
    room = state.open_dm(user.id)
    shown = room.as_slack() if args.flag("return_im") else {"id": room.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})


@method("conversations.info", scopes=READ, tier=3)
def info(call: ApiCall) -> Json:
    room = visible_room(call, call.args.text("channel"))
    require_scope_of(call, room, "read")
    shown = room.as_slack()
    if not call.args.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


@method("conversations.list", scopes=READ, tier=2)
def list_conversations(call: ApiCall) -> Json:
    return _listed(call, joined_only=False)


@method("users.conversations", scopes=READ, tier=3)
def conversations_of(call: ApiCall) -> Json:
    """Those the bot is in; Slack can list another user's too, which nobody here asks for."""
    return _listed(call, joined_only=True)


def _listed(call: ApiCall, *, joined_only: bool) -> Json:
    args, state = call.args, call.state
    wanted = [kind.strip() for kind in (args.maybe("types") or "public_channel").split(",")]
    for kind in wanted:
        if kind not in _TYPES:
            raise Refusal("invalid_types")
        needed = _TYPE_SCOPE.get(kind, "mpim:read")
        if needed not in state.scopes:
            raise missing_scope(state, (needed,))
    kinds = {_TYPES[kind] for kind in wanted}
    rooms = {
        key: room
        for key, room in state.rooms.items()
        if room.kind in kinds
        and (room.bot_joined or (room.kind != "private" and not joined_only))
        and not (room.archived and args.flag("exclude_archived"))
    }
    page, cursor = cursor_page(sorted(rooms), args.maybe("cursor"), args.integer("limit", 100, highest=1000))
    return {"channels": [rooms[key].as_slack() for key in page], "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", scopes=READ, tier=4)
def members(call: ApiCall) -> Json:
    room = visible_room(call, call.args.text("channel"))
    require_scope_of(call, room, "read")
    limit = call.args.integer("limit", 100, highest=1000)
    page, cursor = cursor_page(sorted(room.members), call.args.maybe("cursor"), limit)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", scopes=("channels:join",), tier=3)
def join(call: ApiCall) -> Json:
    room = visible_room(call, call.args.text("channel"))
    if room.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if room.archived:
        raise Refusal("is_archived")
    if BOT_USER_ID in room.members:
        return {"channel": room.as_slack(), "warning": "already_in_channel"}
    room.members.add(BOT_USER_ID)
    call.state.changes.tell("state")
    tell_member(call.state, "member_joined_channel", BOT_USER_ID, room)
    return {"channel": room.as_slack()}


@method("users.info", scopes=("users:read",), tier=4)
def user_info(call: ApiCall) -> Json:
    user = call.state.users.get(call.args.text("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": user.as_slack(with_email="users:read.email" in call.state.scopes)}


@method("users.list", scopes=("users:read",), tier=2)
def list_users(call: ApiCall) -> Json:
    users = call.state.users
    limit = call.args.integer("limit", 1000, highest=1000)
    page, cursor = cursor_page(sorted(users), call.args.maybe("cursor"), limit)
    with_email = "users:read.email" in call.state.scopes
    return {
        "members": [users[key].as_slack(with_email=with_email) for key in page],
        "cache_ts": int(call.state.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", scopes=("users:read.email",), tier=3)
def lookup_by_email(call: ApiCall) -> Json:
    email = call.args.text("email").strip().lower()
    for user in call.state.users.values():
        # A deactivated person is not found, as in Slack.
        if user.email.lower() == email and user.email and not user.deleted:
            return {"user": user.as_slack(with_email=True)}
    raise Refusal("users_not_found")


@method("usergroups.list", scopes=("usergroups:read",), tier=2)
def list_usergroups(call: ApiCall) -> Json:
    with_users = call.args.flag("include_users")
    return {"usergroups": [group.as_slack(with_users=with_users) for group in call.state.seed.usergroups.values()]}


@method("usergroups.users.list", scopes=("usergroups:read",), tier=2)
def usergroup_users(call: ApiCall) -> Json:
    group = call.state.seed.usergroups.get(call.args.text("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}
