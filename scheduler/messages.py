"""A look as a Slack message: posted, updated, or found again by its metadata.

Slack has no idempotency key for chat.postMessage; the metadata of a message is ours, so that a message whose answer
was lost can be recognised (Slack's page on message metadata).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.looks import Drawn
from bot.views import native
from bot.views.look import Attachment
from scheduler.slack import Done, Doubt, Outcome, Wait, call, put
from store.slack.outbox import Candidate

EVENT_TYPE = "winback_surface"
MARGIN = 60.0  # seconds that our clock and Slack's may differ
MOST_PAGES = 10
PUBLISHED = "published"  # stands for the ts of a home, which has none


@dataclass(frozen=True, slots=True)
class NotThere:
    """Slack does not have the message: it may be posted."""


@dataclass(frozen=True, slots=True)
class Found:
    """Slack has it: it must not be posted again, but it may show an older look."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class NotLookedUp:
    """Slack would not let us look, for this reason: the doubt stays, and nothing may be posted."""

    cause: Outcome


async def show(client: AsyncWebClient, row: Candidate, place: str, drawn: Drawn) -> Outcome:
    """Posts the look, or updates the message that shows the surface already; publishes a home."""
    if drawn.home:
        view = {"type": "home", "blocks": list(drawn.look.blocks)}
        return await call(client, "views.publish", {"user_id": place, "view": view})
    if drawn.file:
        return await _upload(client, place, drawn.file)
    return await _send(client, row, place, drawn.look.text, list(drawn.look.blocks))


async def _upload(client: AsyncWebClient, place: str, file: Attachment) -> Outcome:
    """A file into a direct message. Source: Slack's page on uploading files (the three steps of the new way)."""
    wanted = {"filename": file.name, "length": len(file.content)}
    address = await call(client, "files.getUploadURLExternal", wanted)
    if not isinstance(address, Done):
        return _before_it_showed(address)
    sent = await put(str(address.data["upload_url"]), file.content)
    if not isinstance(sent, Done):
        return _before_it_showed(sent)
    channel = await _conversation(client, place)
    if not isinstance(channel, str):
        return _before_it_showed(channel)
    shared = await call(
        client,
        "files.completeUploadExternal",
        {
            "files": [{"id": address.data["file_id"], "title": file.title}],
            "channel_id": channel,
            "initial_comment": file.words,
        },
    )
    return Done({"channel": channel}) if isinstance(shared, Done) else shared


def _before_it_showed(outcome: Outcome) -> Outcome:
    """Nothing is visible before the last step, so a lost answer to an earlier one leaves no doubt."""
    return Wait(timedelta(seconds=2), outcome.why, answered=False) if isinstance(outcome, Doubt) else outcome


async def _conversation(client: AsyncWebClient, place: str) -> str | Outcome:
    """The id of the direct message with a person; a channel's id as it is."""
    if place[:1] not in {"U", "W"}:
        return place
    opened = await call(client, "conversations.open", {"users": place})
    return str(opened.data["channel"]["id"]) if isinstance(opened, Done) else opened


async def show_in_words(client: AsyncWebClient, row: Candidate, place: str, drawn: Drawn) -> Outcome:
    """The look with its tables and charts in words, for a workspace that does not take such blocks."""
    return await _send(client, row, place, drawn.look.text, list(native.in_words(drawn.look.blocks)))


async def show_plainly(client: AsyncWebClient, row: Candidate, place: str, drawn: Drawn) -> Outcome:
    """The look's words only, for a look that Slack refused."""
    return await _send(client, row, place, drawn.look.text[:3000] or "(no words)", [])


async def look_up(
    client: AsyncWebClient, row: Candidate, place: str, file: Attachment | None = None
) -> Found | NotThere | NotLookedUp:
    """Searches the channel, or the thread, since shortly before the row was taken; a file by its name."""
    channel = await _conversation(client, place)
    if not isinstance(channel, str):
        return NotLookedUp(channel)
    args: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 200}
    if row.taken_at is not None:
        args["oldest"] = f"{row.taken_at.timestamp() - MARGIN:.6f}"
    method = "conversations.history"
    if row.parent_ts:
        method, args["ts"] = "conversations.replies", row.parent_ts
    for _ in range(MOST_PAGES):
        page = await call(client, method, args)
        if not isinstance(page, Done):
            return NotLookedUp(page)
        for message in page.data.get("messages") or []:
            if _surface(message) == row.surface or (file and file.name in _file_names(message)):
                return Found(channel, str(message["ts"]))
        cursor = (page.data.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return NotThere()
        args["cursor"] = cursor
    return NotLookedUp(Doubt("too many messages to search"))


def address(data: dict[str, Any], place: str, ts: str) -> tuple[str, str]:
    """(channel, ts) of the message in Slack's answer."""
    return str(data.get("channel") or place), str(data.get("ts") or ts or PUBLISHED)


async def _send(client: AsyncWebClient, row: Candidate, place: str, text: str, blocks: list[dict[str, Any]]) -> Outcome:
    args: dict[str, Any] = {
        "channel": place,
        "text": text,
        "blocks": blocks,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"surface": row.surface}},
    }
    if row.ts:
        return await call(client, "chat.update", {**args, "ts": row.ts})
    if row.parent_ts:
        args["thread_ts"] = row.parent_ts
    return await call(client, "chat.postMessage", {**args, "unfurl_links": False, "unfurl_media": False})


def _file_names(message: dict[str, Any]) -> set[str]:
    return {str(file.get("name")) for file in message.get("files") or []}


def _surface(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("surface", ""))
