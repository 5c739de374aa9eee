"""chat.*: https://docs.slack.dev/reference/methods?family=chat."""

import math
import re
from typing import Final

from demo.constants import BOT_USER_ID, TEAM_URL
from demo.errors import Refusal, invalid_arguments
from demo.interactions.filled import kept_state
from demo.jsons import Json, own_copy
from demo.limits.payloads import UPDATE_TEXT_BYTES
from demo.rooms import Message, Room
from demo.web_api.posting import bot_message, read_body, room_to_post, thread_parent
from demo.web_api.registry import ApiCall, method, require_scope_of, visible_room

_BARE_AMPERSAND: Final = re.compile(r"&(?!amp;|lt;|gt;)")


@method("chat.postMessage", scopes=("chat:write",))
def post_message(call: ApiCall) -> Json:
    args, state = call.args, call.state
    room = room_to_post(state, args.text("channel"))
    state.limits.before_post("chat.postMessage", room.id)
    thread_ts = thread_parent(room, args.maybe("thread_ts"))
    body = read_body(state, args)
    for name in ("unfurl_links", "unfurl_media", "mrkdwn", "link_names", "reply_broadcast"):
        args.flag(name)
    message = bot_message(state, room, body, thread_ts=thread_ts)
    state.limits.after_post(room.id)
    state.post(message)
    return {"channel": room.id, "ts": message.ts, "message": _shown(room, message)}


@method("chat.postEphemeral", scopes=("chat:write",), tier=4)
def post_ephemeral(call: ApiCall) -> Json:
    args, state = call.args, call.state
    room = room_to_post(state, args.text("channel"))
    user = args.text("user")
    if user not in state.users:
        raise Refusal("user_not_found")
    if user not in room.members:
        raise Refusal("user_not_in_channel")
    thread_ts = thread_parent(room, args.maybe("thread_ts"))
    message = bot_message(state, room, read_body(state, args), thread_ts=thread_ts)
    message.ephemeral_to = user
    state.post(message)
    return {"message_ts": message.ts}


@method("chat.update", scopes=("chat:write",), tier=3)
def update(call: ApiCall) -> Json:
    args, state = call.args, call.state
    room = visible_room(call, args.text("channel"))
    message = _own_message(room, args.text("ts"), "cant_update_message")
    if room.archived:
        raise Refusal("is_archived")
    body = read_body(state, args)
    # Slack counts an update's text in bytes, after escaping.
    if len(_BARE_AMPERSAND.sub("&amp;", body.text).encode("utf-8", "surrogatepass")) > UPDATE_TEXT_BYTES:
        raise Refusal("msg_too_long")
    # Slack keeps what isn't given: new text alone leaves the old blocks, an empty list takes them away.
    message.text = body.text
    if "blocks" in body.given:
        message.state = kept_state(message.blocks, message.state, body.blocks)
        message.blocks = body.blocks
    if "attachments" in body.given:
        message.attachments = body.attachments
    if "metadata" in body.given:
        message.metadata = body.metadata or None
    message.edited = {"user": BOT_USER_ID, "ts": f"{math.floor(state.clock.now())}.000000"}
    state.tell_messages(message)
    return {"channel": room.id, "ts": message.ts, "text": message.text, "message": _shown(room, message)}


@method("chat.delete", scopes=("chat:write",), tier=3)
def delete(call: ApiCall) -> Json:
    room = visible_room(call, call.args.text("channel"))
    message = _own_message(room, call.args.text("ts"), "cant_delete_message")
    room.remove(message)
    call.state.tell_messages(message)
    return {"channel": room.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(call: ApiCall) -> Json:
    room = visible_room(call, call.args.text("channel"))
    ts = call.args.text("message_ts")
    message = room.by_ts.get(ts)
    if message is None:
        raise Refusal("message_not_found")
    link = f"{TEAM_URL}archives/{room.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={room.id}"
    return {"channel": room.id, "permalink": link}


@method("conversations.history", scopes=("channels:history", "groups:history", "im:history"), tier=3)
def history(call: ApiCall) -> Json:
    room = _readable_room(call)
    top = [item for item in reversed(room.messages) if not item.is_reply]
    return _page_of_messages(call, room, top, newest_first=True)


@method("conversations.replies", scopes=("channels:history", "groups:history", "im:history"), tier=3)
def replies(call: ApiCall) -> Json:
    room = _readable_room(call)
    parent = room.by_ts.get(call.args.text("ts"))
    if parent is None:
        raise Refusal("thread_not_found")
    root = room.by_ts[parent.thread_ts] if parent.is_reply and parent.thread_ts else parent
    return _page_of_messages(call, room, [root, *room.replies.get(root.ts, [])], newest_first=False)


def _readable_room(call: ApiCall) -> Room:
    room = visible_room(call, call.args.text("channel"))
    require_scope_of(call, room, "history")
    if not room.bot_joined:
        raise Refusal("not_in_channel")
    return room


def _page_of_messages(call: ApiCall, room: Room, messages: list[Message], *, newest_first: bool) -> Json:
    args = call.args
    oldest, latest = _stamp(args.maybe("oldest")), _stamp(args.maybe("latest"))
    inclusive, limit = args.flag("inclusive"), args.integer("limit", 100, highest=999)
    cursor = args.maybe("cursor")
    if cursor is not None and not cursor.startswith("at:"):
        raise Refusal("invalid_cursor")
    inside = [item for item in messages if _within(item.ts, oldest, latest, inclusive=inclusive)]
    if cursor is not None:
        start = cursor.removeprefix("at:")
        inside = [item for item in inside if (item.ts <= start if newest_first else item.ts >= start)]
    # A call with only `oldest` asks for the messages just after it; Slack gives the newest page first all the same.
    page, more = inside[:limit], inside[limit:]
    answer: Json = {
        "messages": [
            own_copy(room.message_as_slack(item, with_metadata=args.flag("include_all_metadata"))) for item in page
        ],
        "has_more": bool(more),
    }
    if newest_first:
        answer |= {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    if more:
        answer["response_metadata"] = {"next_cursor": f"at:{more[0].ts}"}
    return answer


def _within(ts: str, oldest: int | None, latest: int | None, *, inclusive: bool) -> bool:
    at = _stamp(ts)
    if at is None:
        return False
    after = oldest is None or at > oldest or (inclusive and at == oldest)
    before = latest is None or at < latest or (inclusive and at == latest)
    return after and before


def _stamp(ts: str | None) -> int | None:
    """Microseconds of a `ts` argument. Errors: invalid_arguments."""
    if ts is None:
        return None
    seconds, _, fraction = ts.partition(".")
    digits = f"{fraction:0<6}"[:6]
    if not (seconds.isascii() and seconds.isdigit() and digits.isascii() and digits.isdigit()):
        raise invalid_arguments("must be a timestamp")
    return int(seconds) * 1_000_000 + int(digits)


def _own_message(room: Room, ts: str, refusal: str) -> Message:
    message = room.by_ts.get(ts)
    if message is None:
        raise Refusal("message_not_found")
    if not message.bot:
        raise Refusal(refusal)
    return message


def _shown(room: Room, message: Message) -> Json:
    return own_copy(room.message_as_slack(message))
