"""A look as plain text, for a reader who has no Slack at hand: the same words, no markup, no buttons, no addresses."""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from bot.views.look import Block, Look

NameOf = Callable[[str], str]

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+(?:\|([^>]*))?>")
_DATE = re.compile(r"<!date\^[^>|]*\|([^>]*)>")
_LINK = re.compile(r"<(?:https?|mailto):[^>|]*\|([^>]*)>")
_BARE_LINK = re.compile(r"<(?:https?|mailto):[^>|]*>")
_WORD_JOINER = "\u2060"  # what bot.views.kit puts behind marks, so that Slack shows them as typed


def words_of(look: Look, name_of: NameOf) -> str:
    """Every sentence of the look, a paragraph for each block; `name_of` a Slack user id gives the person's name."""
    paragraphs = [text for block in look.blocks if (text := _of_block(block, name_of))]
    return "\n\n".join(paragraphs) or line_of(look.text, name_of)


def line_of(mrkdwn: str, name_of: NameOf) -> str:
    """A text of Slack's mrkdwn as it reads on the screen, on one line."""
    return " ".join(_read(mrkdwn, name_of).split())


def _of_block(block: Block, name_of: NameOf) -> str:
    kind = block.get("type")
    if kind == "rich_text":
        return "".join(_of_rich(element, name_of) for element in block.get("elements", ())).strip()
    texts = [block.get("text"), *block.get("fields", ())]
    if kind == "context":
        texts += block.get("elements", ())
    said = [_of_text(text, name_of) for text in texts if isinstance(text, dict)]
    return "\n".join(text for text in said if text)


def _of_text(text: Block, name_of: NameOf) -> str:
    said = str(text.get("text", ""))
    if text.get("type") == "mrkdwn":
        return _read(said, name_of)
    return said if text.get("type") == "plain_text" else ""


def _of_rich(element: Block, name_of: NameOf) -> str:
    """A section, quote or list of rich text; each ends its line."""
    if element.get("type") == "rich_text_list":
        return "".join("- " + _of_rich(each, name_of) for each in element.get("elements", ()))
    said = "".join(_parts(element.get("elements", ()), name_of))
    if element.get("type") == "rich_text_quote":
        said = "\n".join(f"> {line}" for line in said.splitlines())
    return said + "\n"


def _parts(parts: Sequence[Block], name_of: NameOf) -> Iterator[str]:
    for part in parts:
        match part.get("type"):
            case "user":
                yield name_of(str(part.get("user_id", "")))
            case "date":
                yield str(part.get("fallback", ""))
            case "emoji" | "channel" | "broadcast":
                continue
            case _:
                yield str(part.get("text", ""))


def _read(mrkdwn: str, name_of: NameOf) -> str:
    said = _USER.sub(lambda found: name_of(found[1]), mrkdwn)
    said = _CHANNEL.sub(lambda found: f"#{found[1]}" if found[1] else "a channel", said)
    said = _LINK.sub(r"\1", _DATE.sub(r"\1", said))
    said = _BARE_LINK.sub("", said)
    return html.unescape(said).replace(_WORD_JOINER, "")
