"""Everything that happened to a case, in a window that asks nothing. The whole comment stands on top."""

import json
from collections.abc import Sequence

from bot.views import alarm_notes, blocks, card, kit, step_words, words
from bot.views.alarm_notes import Spoken
from bot.views.ids import ActionId, CallbackId, metadata
from bot.views.look import Block
from bot.views.notes import quotation, sentence
from bot.views.phrases import full_name
from recovery.cases.brief import Brief
from recovery.cases.case import Event, State
from recovery.cases.folding import LOGGED
from recovery.survey import Contact

MAX_BLOCKS = 100
# Slack refuses a view of more than 250 KB (view_too_large); what is left covers the frame around the blocks.
MAX_BYTES = 240_000
_CHUNK = 2_900
_COMMENT = 36_000
_NOTE = 1_000


def merged(events: Sequence[Event], spoken: Sequence[Spoken]) -> list[Event | Spoken]:
    """What happened to the case and what was said about it, in the order of time; of one moment the event first."""
    return sorted([*events, *spoken], key=lambda each: (each.at, isinstance(each, Spoken)))


def history(brief: Brief, events: Sequence[Event], *, currency: str, spoken: Sequence[Spoken] = ()) -> Block:
    """A modal that asks nothing: the answer with its whole comment, then the events (given oldest first), newest last.

    `spoken` are the alarms about the case that somebody was told of, oldest first.

    Slack's 100 blocks and 250 KB bound it; how many older events are left out is said.
    """
    top = [
        blocks.rich(
            "history:who",
            blocks.line(blocks.bold(card.headline(brief, currency)), "\n", full_name(brief.answer.contact)),
        ),
        *_comment(brief),
        *_correct(brief, events),
        blocks.divider("history:divider"),
    ]
    return {
        "type": "modal",
        "callback_id": CallbackId.HISTORY.value,
        "title": blocks.plain(words.HISTORY_TITLE),
        "close": blocks.plain(words.CLOSE),
        "private_metadata": metadata(brief.case.id, brief.case.version),
        "blocks": [
            *top,
            *newest(
                merged(events, spoken), brief.answer.contact, room=MAX_BYTES - _bytes(top), most=MAX_BLOCKS - len(top)
            ),
        ],
    }


def _correct(brief: Brief, events: Sequence[Event]) -> list[Block]:
    """The way to put right what was logged; nothing where nothing was, or the case is over."""
    case = brief.case
    if case.state is State.CLOSED or not any(event.kind in LOGGED for event in events):
        return []
    label = step_words.CORRECT_LABEL.format(case=case.id, account=card.account_name(brief))
    button = blocks.button(ActionId.CORRECT, step_words.CORRECT, str(case.id), label=label)
    return [blocks.actions("history:correct", button)]


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


def newest(
    events: Sequence[Event | Spoken], contact: Contact, *, room: int, most: int, left_out: str = words.HISTORY_LEFT_OUT
) -> list[Block]:
    """As many of the newest events as fit, oldest first, and how many older ones do not.

    `room` is in characters of JSON, `most` in blocks; `left_out` says where the others are, of {events}.
    """
    if not events:
        return [blocks.rich("history:none", blocks.line(words.NO_EVENTS))]
    found: list[Block] = []
    for number in range(len(events) - 1, -1, -1):
        block = _event(number, events[number], contact)
        room -= _bytes(block)
        # While older events remain, the line that counts them needs its place.
        if room < 0 or len(found) + 1 + (number > 0) > most:
            break
        found.append(block)
    others = len(events) - len(found)
    if others:
        said = left_out.format(events=kit.count(others, "older event"))
        found.append(blocks.rich("history:left_out", blocks.line(said)))
    return found[::-1]


def _event(number: int, event: Event | Spoken, contact: Contact) -> Block:
    if isinstance(event, Spoken):
        said_so = blocks.line(blocks.moment(event.at), " · ", *alarm_notes.sentence(event))
        return blocks.rich(f"history:event:{number}", said_so)
    parts, _ = sentence(event, contact)
    said = kit.excerpt(quotation(event), _NOTE)
    elements = [blocks.line(blocks.moment(event.at), " · ", *parts)]
    if said.text:
        elements.append(blocks.quote(said.text, kit.ELLIPSIS if said.left_out else ""))
    return blocks.rich(f"history:event:{number}", *elements)


def _bytes(found: object) -> int:
    return len(json.dumps(found))
