"""Slack's blocks as dicts. Who builds a card says what it holds; the shapes stand here.

Sources: docs.slack.dev, Block Kit reference. Nothing is parsed in rich_text and plain_text, so that
customer text goes there; mrkdwn carries only our own words, mentions and dates.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.views import kit
from bot.views.ids import ActionId
from bot.views.look import Block

Part = str | Block


def rich(block_id: str, *elements: Block) -> Block:
    """A rich_text block of lines and quotes."""
    return {"type": "rich_text", "block_id": block_id, "elements": list(elements)}


def line(*parts: Part) -> Block:
    """Text that Slack shows exactly as it stands; a newline in it starts a new line."""
    return {"type": "rich_text_section", "elements": _parts(parts)}


def quote(*parts: Part) -> Block:
    return {"type": "rich_text_quote", "elements": _parts(parts)}


def preformatted(text: str) -> Block:
    """Text to copy, as it stands."""
    return {"type": "rich_text_preformatted", "elements": _parts([text])}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def person(user: str) -> Part:
    """A mention for a Slack user id; the bare word for "winback" and the like."""
    return {"type": "user", "user_id": user} if kit.is_user(user) else kit.named(user, 40)


def moment(at: datetime) -> Block:
    """A time in each reader's own zone, inside rich text."""
    return {
        "type": "date",
        "timestamp": kit.minute(at),
        "format": kit.DATE_FORMAT,
        "fallback": kit.spelled(at),
    }


def link(url: str, text: str) -> Block:
    return {"type": "link", "url": url, "text": text}


def section(block_id: str, words: str, accessory: Block | None = None) -> Block:
    """A paragraph of our own words, mentions and dates; `verbatim` keeps Slack from finding links in it."""
    block: Block = {"type": "section", "block_id": block_id, "text": mrkdwn(words)}
    return block | {"accessory": accessory} if accessory else block


def pair(block_id: str, left: Block, right: Block, accessory: Block | None = None) -> Block:
    """Two texts side by side, each plain or mrkdwn."""
    block: Block = {"type": "section", "block_id": block_id, "fields": [left, right]}
    return block | {"accessory": accessory} if accessory else block


def context(block_id: str, *elements: Block) -> Block:
    return {"type": "context", "block_id": block_id, "elements": list(elements)}


def actions(block_id: str, *elements: Block) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def header(block_id: str, words: str) -> Block:
    return {"type": "header", "block_id": block_id, "text": plain(words)}


def divider(block_id: str) -> Block:
    return {"type": "divider", "block_id": block_id}


def mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain(text: str) -> Block:
    """Text that is shown as it stands; `emoji: false` keeps `:smile:` seven characters."""
    return {"type": "plain_text", "text": text, "emoji": False}


def button(action: ActionId, words: str, value: str, *, label: str, primary: bool = False) -> Block:
    """`label` is read out by screen readers in place of the words; it is cut to Slack's 75 characters."""
    block = {
        "type": "button",
        "action_id": action.value,
        "text": plain(words),
        "value": value,
        "accessibility_label": kit.cut(label, 75),
    }
    return block | {"style": "primary"} if primary else block


def link_button(action: ActionId, words: str, url: str, *, label: str) -> Block:
    """A button that opens a page; Slack reports the press as well, and wants it acknowledged."""
    return {
        "type": "button",
        "action_id": action.value,
        "text": plain(words),
        "url": url,
        "accessibility_label": kit.cut(label, 75),
    }


def option(words: str, value: str, url: str = "") -> Block:
    """A choice of a menu; `url` works in overflow menus only."""
    block: Block = {"text": plain(words), "value": value}
    return block | {"url": url} if url else block


def overflow(action: ActionId, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action.value, "options": list(options)}


def entry(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """A labelled input of a modal."""
    block: Block = {
        "type": "input",
        "block_id": str(block_id),
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    return block | {"hint": plain(hint)} if hint else block


def _parts(parts: Sequence[Part]) -> list[Block]:
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts if part]
