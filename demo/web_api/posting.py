"""What chat.* share: finding the conversation, checking a body, keeping a message."""

import secrets
from dataclasses import dataclass, field
from typing import Final

from demo.constants import BOT_USER_ID
from demo.errors import Refusal
from demo.jsons import Json, own_copy
from demo.limits.blocks import block_elements
from demo.limits.payloads import (
    ATTACHMENTS_MOST,
    TEXT_LONGEST,
    check_message_blocks,
    check_metadata,
)
from demo.rooms import Message, Room
from demo.state import State
from demo.web_api.arguments import Arguments

NO_PREVIEW: Final = "This content can't be displayed."


@dataclass(frozen=True, slots=True)
class Body:
    """The checked content of a message. `metadata` None means none was given, {} that it is taken away."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    given: frozenset[str] = frozenset()


def read_body(state: State, args: Arguments) -> Body:
    """Errors: no_text, msg_too_long, invalid_blocks_format, invalid_blocks, msg_blocks_too_long, metadata errors."""
    text = args.maybe("text") or ""
    blocks = args.structure("blocks", error="invalid_blocks_format")
    attachments = args.structure("attachments", error="invalid_attachments_format")
    metadata = args.structure("metadata", error="invalid_metadata_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if attachments is not None and not isinstance(attachments, list):
        raise Refusal("invalid_attachments_format")
    if len(attachments or []) > ATTACHMENTS_MOST:
        raise Refusal("too_many_attachments")
    if not text.strip() and not blocks and not attachments:
        raise Refusal("no_text")
    if len(text) > TEXT_LONGEST:
        raise Refusal("msg_too_long")
    if blocks:
        check_message_blocks(blocks, state.faults.unknown_blocks)
    checked = check_metadata(metadata) if metadata else metadata
    given = frozenset(name for name in ("text", "blocks", "attachments", "metadata") if name in args.values)
    return Body(text or (NO_PREVIEW if blocks else ""), with_ids(blocks or []), attachments or [], checked, given)


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which each block and each interactive element has an id, as Slack makes them."""
    kept = [own_copy(block) for block in blocks]
    for block in kept:
        _identify(block)
        for child in (*block.get("child_blocks", ()), *_cards(block)):
            _identify(child)
    return kept


def _cards(block: Json) -> list[Json]:
    return list(block["elements"]) if block["type"] == "carousel" else []


def _identify(block: Json) -> None:
    if not block.get("block_id"):
        block["block_id"] = secrets.token_urlsafe(4)[:5]
    for element in block_elements(block):
        if not element.get("action_id"):
            element["action_id"] = secrets.token_urlsafe(4)[:5]


def room_to_post(state: State, channel: str) -> Room:
    """Where a message goes: a conversation's id or #name, or a person (whose DM opens).

    Errors: channel_not_found, cannot_dm_bot, is_archived, not_in_channel.
    """
    room = state.rooms.get(channel) or state.room_named(channel)
    if room is None and channel in state.users:
        if state.users[channel].is_bot:
            raise Refusal("cannot_dm_bot")
        room = state.open_dm(channel)
    if room is None or (room.kind == "private" and not room.bot_joined):
        raise Refusal("channel_not_found")
    if room.archived:
        raise Refusal("is_archived")
    if not room.bot_joined and "chat:write.public" not in state.scopes:
        raise Refusal("not_in_channel")
    return room


def thread_parent(room: Room, thread_ts: str | None) -> str | None:
    """The thread a reply belongs to; a reply's own ts leads to its parent. Errors: thread_not_found."""
    if thread_ts is None:
        return None
    parent = room.by_ts.get(thread_ts)
    if parent is None:
        raise Refusal("thread_not_found")
    return parent.thread_ts if parent.is_reply else thread_ts


def bot_message(state: State, room: Room, body: Body, *, thread_ts: str | None = None) -> Message:
    """A new message of the bot with the next ts; not kept yet."""
    return Message(
        ts=state.clock.stamp(),
        channel=room.id,
        user=BOT_USER_ID,
        text=body.text,
        blocks=body.blocks,
        attachments=body.attachments,
        bot=True,
        thread_ts=thread_ts,
        metadata=body.metadata or None,
    )
