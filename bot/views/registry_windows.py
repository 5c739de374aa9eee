"""The windows of the action registry: its plan, what came of it, and why it is dropped. The customers' words on top."""

import json

from bot.views import blocks, fields, kit
from bot.views import registry_words as words
from bot.views.ids import BlockId, CallbackId
from bot.views.look import Block
from bot.views.readouts.page import Room, sentence
from bot.views.registry import TAG, Carried, Entry, weight_words
from recovery.errors import Refusal
from recovery.readouts.asking_gate import MOST_TYPED

QUOTE = 300
QUOTE_LINES = 4
_LONGEST_CARRIED = 3000
_ROOM = Room(MOST_TYPED, 1)


def metadata(carried: Carried) -> str:
    found = json.dumps([carried.item_id, carried.version, carried.page, carried.respond])
    if len(found) <= _LONGEST_CARRIED:
        return found
    return json.dumps([carried.item_id, carried.version, carried.page, ""])


def read_metadata(text: object) -> Carried:
    """Raises Refusal for anything that is no window's of ours."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case [int(item_id), int(version), int(page), str(respond)] if (
            0 <= item_id < 10**18 and 0 <= version < 10**9 and 0 <= page < 10**5
        ):
            return Carried(item_id, version, page, respond)
    raise Refusal(words.OLD)


def plan(entry: Entry, carried: Carried, currency: str) -> Block:
    """What is done, by whom, by when, and how one will know."""
    known = entry.item.plan
    due = {BlockId.DUE.value: known.due.isoformat()} if known else {}
    return _window(
        CallbackId.REGISTRY_PLAN,
        (words.PLAN_TITLE, words.PLAN_SUBMIT),
        carried,
        [
            *_context(entry, currency),
            fields.text(
                BlockId.DELIVERABLE,
                words.ACTION,
                {},
                most=MOST_TYPED,
                initial=known.action if known else "",
                hint=words.ACTION_HINT,
                focus=True,
            ),
            fields.person(BlockId.OWNER, words.OWNER, {}, initial=entry.item.owner, hint=words.OWNER_HINT),
            fields.day(BlockId.DUE, words.BY, due),
            fields.text(
                BlockId.CRITERION,
                words.CRITERION,
                {},
                most=MOST_TYPED,
                initial=known.criterion if known else "",
                hint=words.CRITERION_HINT,
            ),
        ],
    )


def done(entry: Entry, carried: Carried, currency: str) -> Block:
    """What came of it, against the criterion."""
    known = entry.item.plan
    criterion = blocks.line(blocks.bold(words.DONE_WHEN), sentence(known.criterion, _ROOM)) if known else None
    return _window(
        CallbackId.REGISTRY_DONE,
        (words.DONE_TITLE, words.DONE_SUBMIT),
        carried,
        [
            *_context(entry, currency),
            *([blocks.rich("registry:criterion", criterion)] if criterion else []),
            fields.text(
                BlockId.EVIDENCE,
                words.EVIDENCE,
                {},
                most=MOST_TYPED,
                hint=words.EVIDENCE_HINT,
                lines=True,
                focus=True,
            ),
        ],
    )


def drop(entry: Entry, carried: Carried, currency: str) -> Block:
    """Why nothing is done about it."""
    reason = fields.text(
        BlockId.REASON, words.REASON, {}, most=MOST_TYPED, hint=words.REASON_HINT, lines=True, focus=True
    )
    return _window(
        CallbackId.REGISTRY_DROP,
        (words.DROP_TITLE, words.DROP_SUBMIT),
        carried,
        [*_context(entry, currency), reason],
    )


def _context(entry: Entry, currency: str) -> list[Block]:
    tag = kit.named(entry.item.tag, TAG) or kit.ELLIPSIS
    lines = [blocks.line(blocks.bold(tag), f" · {weight_words(entry, currency)}")]
    if entry.quote:
        excerpt = kit.excerpt(entry.quote, QUOTE, QUOTE_LINES)
        lines.append(blocks.quote(excerpt.text or kit.ELLIPSIS, kit.ELLIPSIS if excerpt.left_out else ""))
    return [blocks.rich("registry:about", *lines)]


def _window(callback: CallbackId, says: tuple[str, str], carried: Carried, inside: list[Block]) -> Block:
    title, submit = says
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": blocks.plain(title),
        "submit": blocks.plain(submit),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(carried),
        "blocks": inside,
    }
