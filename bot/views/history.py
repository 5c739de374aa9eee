"""Everything that happened to a case, in a window that asks nothing. The whole comment stands on top."""

import json
from collections.abc import Sequence

from bot.views import blocks, card, kit, words
from bot.views.ids import CallbackId, metadata
from bot.views.look import Block
from bot.views.notes import quotation, sentence
from bot.views.phrases import full_name
from recovery.brief import Brief
from recovery.case import Event
from recovery.survey import Contact

MAX_BLOCKS = 100
# Slack refuses a view of more than 250 KB (view_too_large); what is left covers the frame around the blocks.
MAX_BYTES = 240_000
_CHUNK = 2_900
_COMMENT = 36_000
_NOTE = 1_000


def history(brief: Brief, events: Sequence[Event], *, currency: str) -> Block:
    """A read-only modal: the answer with its whole comment, then the events (given oldest first), newest last.

    Slack's 100 blocks and 250 KB bound it; how many older events are left out is said.
    """
    top = [
        blocks.rich(
            "history:who",
            blocks.line(blocks.bold(card.headline(brief, currency)), "\n", full_name(brief.answer.contact)),
        ),
        *_comment(brief),
        blocks.divider("history:divider"),
    ]
    return {
        "type": "modal",
        "callback_id": CallbackId.HISTORY.value,
        "title": blocks.plain(words.HISTORY_TITLE),
        "close": blocks.plain(words.CLOSE),
        "private_metadata": metadata(brief.case.id, brief.case.version),
        "blocks": [*top, *_newest(events, brief.answer.contact, top)],
    }


def _comment(brief: Brief) -> list[Block]:
    rest = kit.clean(brief.answer.verbatim)
    if not rest:
        return [blocks.rich("history:comment:0", blocks.line(words.NO_COMMENT))]
    whole = kit.excerpt(rest, _COMMENT, lines=_COMMENT)
    found = [
        blocks.rich(f"history:comment:{number}", blocks.quote(chunk))
        for number, chunk in enumerate(kit.chunks(whole.text, _CHUNK))
    ]
    if whole.left_out:
        said = words.COMMENT_LEFT_OUT.format(characters=kit.count(whole.left_out, "character"))
        address = kit.web_address(brief.answer.permalink)
        elsewhere: list[blocks.Part] = [" ", blocks.link(address, words.COMMENT_ELSEWHERE)] if address else []
        found.append(blocks.rich("history:rest", blocks.line(said, *elsewhere)))
    return found


def _newest(events: Sequence[Event], contact: Contact, top: list[Block]) -> list[Block]:
    if not events:
        return [blocks.rich("history:none", blocks.line(words.NO_EVENTS))]
    room = MAX_BYTES - _bytes(top)
    found: list[Block] = []
    for number in range(len(events) - 1, -1, -1):
        block = _event(number, events[number], contact)
        room -= _bytes(block)
        # While older events remain, the line that counts them needs its place.
        if room < 0 or len(top) + len(found) + 1 + (number > 0) > MAX_BLOCKS:
            break
        found.append(block)
    left_out = len(events) - len(found)
    if left_out:
        said = words.HISTORY_LEFT_OUT.format(events=kit.count(left_out, "older event"))
        found.append(blocks.rich("history:left_out", blocks.line(said)))
    return found[::-1]


def _event(number: int, event: Event, contact: Contact) -> Block:
    parts, _ = sentence(event, contact)
    said = kit.excerpt(quotation(event), _NOTE)
    elements = [blocks.line(blocks.moment(event.at), " · ", *parts)]
    if said.text:
        elements.append(blocks.quote(said.text, kit.ELLIPSIS if said.left_out else ""))
    return blocks.rich(f"history:event:{number}", *elements)


def _bytes(found: object) -> int:
    return len(json.dumps(found))
