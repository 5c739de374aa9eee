"""What a decision changed: the button of a lead, and the window in which they write it down or put it right."""

import json
import re
from dataclasses import dataclass

from bot.views import blocks, fields, kit
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.readouts import words
from bot.views.readouts.page import ask as ask_block
from bot.views.readouts.page import decision_parts
from recovery.errors import Refusal
from recovery.readouts.asking_gate import MOST_TYPED
from recovery.readouts.page import Ask, Changed, Decision

_LONGEST_CARRIED = 3000
_VALUE = re.compile(r"(\d{1,18}):(\d{1,9}):(\d{1,5})", re.ASCII)
_PAGE = re.compile(r"[1-9]\d{0,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Noting:
    """What the button and its window bring back: of which readout, at which version, and on which page of the list.

    `respond` is the address at which the list that was read can be replaced; "" where there is none.
    """

    readout_id: int
    version: int
    page: int = 1
    respond: str = ""


def button(noting: Noting, name: str, *, is_noted: bool) -> Block:
    """`name`: of the programme and period, for screen readers."""
    said = words.CHANGE_EFFECT if is_noted else words.NOTE_EFFECT
    value = f"{noting.readout_id}:{noting.version}:{noting.page}"
    return blocks.button(ActionId.READOUT_EFFECT, said, value, label=words.NOTE_EFFECT_LABEL.format(name=name))


def read_value(text: str) -> Noting:
    """Raises Refusal for anything that is no button's value of ours."""
    found = _VALUE.fullmatch(text)
    if found is None:
        raise Refusal(words.OLD_LIST)
    return Noting(int(found[1]), int(found[2]), int(found[3]))


def read_page(text: str) -> int:
    """The page that a button of the list turns to. Raises Refusal for anything that is no page of ours."""
    if not _PAGE.fullmatch(text):
        raise Refusal(words.OLD_LIST)
    return int(text)


def metadata(noting: Noting) -> str:
    carried = [noting.readout_id, noting.version, noting.page, noting.respond]
    found = json.dumps(carried)
    return found if len(found) <= _LONGEST_CARRIED else json.dumps([*carried[:3], ""])


def read_metadata(text: object) -> Noting:
    """Raises Refusal for anything that is no window's of ours."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case [int(readout), int(version), int(page), str(respond)] if (
            0 <= readout < 10**18 and 0 <= version < 10**9 and 0 <= page < 10**5
        ):
            return Noting(readout, version, page, respond)
    raise Refusal(words.OLD_LIST)


def window(ask: Ask, decision: Decision, noting: Noting) -> Block:
    """Asks what the decision changed, and for one sentence; what was written before stands in it."""
    kinds = [(each.value, words.CHANGED_KINDS[each]) for each in Changed]
    effect = decision.effect
    return {
        "type": "modal",
        "callback_id": CallbackId.EFFECT.value,
        "title": blocks.plain(words.EFFECT_TITLE),
        "submit": blocks.plain(words.SAVE),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(noting),
        "blocks": [
            ask_block(ask),
            blocks.rich("effect:decision", blocks.line(*decision_parts(decision))),
            fields.choice(BlockId.KIND, words.WHAT_CHANGED, {}, kinds, initial=effect.changed.value if effect else ""),
            fields.text(
                BlockId.SENTENCE,
                words.HOW_CHANGED,
                {},
                most=MOST_TYPED,
                initial=effect.note if effect else "",
                hint=words.HOW_CHANGED_HINT,
            ),
            *([blocks.context("effect:by", blocks.mrkdwn(_written_by(effect.by)))] if effect else []),
        ],
    }


def _written_by(user: str) -> str:
    return words.NOTED_BY.format(who=kit.mention(user))
