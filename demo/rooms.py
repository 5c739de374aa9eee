"""Conversations and their messages."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, Literal

from demo.constants import APP_ID, BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_ID
from demo.jsons import Json

Kind = Literal["public", "private", "im"]
CHANNEL_TYPE: Final[Mapping[Kind, str]] = {"public": "channel", "private": "group", "im": "im"}
MESSAGE_EVENT: Final[Mapping[Kind, str]] = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
}


@dataclass(slots=True)
class Message:
    """A message, or an ephemeral one when `ephemeral_to` names its only reader."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    bot: bool = False
    thread_ts: str | None = None
    edited: Json | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    subtype: str | None = None
    ephemeral_to: str | None = None
    state: dict[str, Json] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Room:
    """A channel, private channel or DM. `partner` is the person of a DM with the bot."""

    id: str
    name: str
    kind: Kind = "public"
    topic: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    partner: str | None = None
    created: int = 0
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[Message]] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def bot_joined(self) -> bool:
        return self.kind == "im" or BOT_USER_ID in self.members

    def add(self, message: Message) -> None:
        """Keep a message. Its thread's parent must exist already."""
        if message.ephemeral_to is not None:
            self.ephemerals.append(message)
            return
        insort(self.messages, message, key=attrgetter("ts"))
        self.by_ts[message.ts] = message
        if message.is_reply and message.thread_ts is not None:
            self.by_ts[message.thread_ts].thread_ts = message.thread_ts
            self.replies.setdefault(message.thread_ts, []).append(message)

    def remove(self, message: Message) -> None:
        """Forget a message; a parent with replies leaves a tombstone, as in Slack."""
        if message.ephemeral_to is not None:
            self.ephemerals.remove(message)
            return
        if self.replies.get(message.ts):
            message.text, message.blocks, message.metadata = "This message was deleted.", [], None
            message.subtype, message.user, message.bot = "tombstone", "USLACKBOT", False
            return
        self.messages.remove(message)
        del self.by_ts[message.ts]
        if message.is_reply and message.thread_ts is not None:
            self.replies[message.thread_ts].remove(message)

    def find(self, ts: str) -> Message | None:
        """A message or ephemeral message by its ts."""
        found = self.by_ts.get(ts)
        return found or next((item for item in self.ephemerals if item.ts == ts), None)

    def unread(self, user: str) -> int:
        since = self.read.get(user, "")
        return sum(1 for item in self.messages if item.ts > since and item.user != user and not item.is_reply)

    def as_slack(self) -> Json:
        """A `channel` object as conversations.info gives it."""
        if self.kind == "im":
            return {
                "id": self.id,
                "created": self.created,
                "is_im": True,
                "is_org_shared": False,
                "context_team_id": TEAM_ID,
                "user": self.partner,
                "is_archived": False,
                "is_user_deleted": False,
                "priority": 0,
            }
        private = self.kind == "private"
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not private,
            "is_group": private,
            "is_im": False,
            "is_mpim": False,
            "is_private": private,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_member": BOT_USER_ID in self.members,
            "created": self.created,
            "creator": "U0SAM",
            "context_team_id": TEAM_ID,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
            "num_members": len(self.members),
        }

    def message_event(self, message: Message) -> Json:
        """The `message` event of a new message."""
        return {
            **self.message_as_slack(message),
            "channel": self.id,
            "channel_type": CHANNEL_TYPE[self.kind],
            "event_ts": message.ts,
        }

    def message_as_slack(self, message: Message, *, with_metadata: bool = True) -> Json:
        """A `message` object as history, answers and payloads carry it."""
        shown: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
        if message.subtype:
            shown["subtype"] = message.subtype
        if message.bot:
            shown |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": bot_profile()}
        shown["team"] = TEAM_ID
        if message.edited:
            shown["edited"] = message.edited
        if message.thread_ts:
            shown["thread_ts"] = message.thread_ts
        if message.is_reply and message.thread_ts in self.by_ts:
            shown["parent_user_id"] = self.by_ts[message.thread_ts].user
        replies = self.replies.get(message.ts)
        if replies:
            users = list(dict.fromkeys(reply.user for reply in replies))
            shown |= {
                "reply_count": len(replies),
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
                "reply_users": users,
                "is_locked": False,
                "subscribed": message.bot,
            }
        for name in ("blocks", "attachments", "files"):
            value = getattr(message, name)
            if value:
                shown[name] = value
        if message.metadata:
            # Slack shows the event type to everybody, the payload only to those who ask for it.
            shown["metadata"] = message.metadata if with_metadata else {"event_type": message.metadata["event_type"]}
        return shown


def bot_profile() -> Json:
    return {"id": BOT_ID, "app_id": APP_ID, "name": BOT_NAME, "deleted": False, "updated": 0, "team_id": TEAM_ID}
