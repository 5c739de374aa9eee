"""The draft as its lead sees it, the window in which they write on it, and what they send back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.views import blocks, fields, kit
from bot.views.figures.frame import NAME
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.readouts import words
from bot.views.readouts.page import line_name, page_blocks, points, summary
from recovery.errors import Refusal
from recovery.figures.periods import DAY
from recovery.moments import long_day
from recovery.readouts.asking_gate import MOST_TYPED
from recovery.readouts.page import AskKind, Moved, Page

MOST_REASONS = 10  # movers that are asked about; the largest moves come first
REASON = "moved:"
LONGEST_REASON = 200
_LONGEST_BLOCK = 255
_LONGEST_CARRIED = 3000
_VALUE = re.compile(r"(\d{1,18}):(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a button or window of a readout brings back: its number, the version that was looked at.

    `respond` is the address at which the draft that was read can be replaced; "" where there is none.
    """

    readout_id: int
    version: int
    respond: str = ""


def value(readout_id: int, version: int) -> str:
    return f"{readout_id}:{version}"


def read_value(text: str) -> Carried:
    """Raises Refusal for anything that is no button's value of ours."""
    found = _VALUE.fullmatch(text)
    if found is None:
        raise Refusal(words.OLD)
    return Carried(int(found[1]), int(found[2]))


def metadata(carried: Carried) -> str:
    found = json.dumps([carried.readout_id, carried.version, carried.respond])
    return found if len(found) <= _LONGEST_CARRIED else json.dumps([carried.readout_id, carried.version, ""])


def read_metadata(text: object) -> Carried:
    """Raises Refusal for anything that is no window's of ours."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case [int(readout_id), int(version), str(respond)] if 0 <= readout_id < 10**18 and 0 <= version < 10**9:
            return Carried(readout_id, version, respond)
    raise Refusal(words.OLD)


def draft(page: Page, carried: Carried) -> Look:
    """The page with what it still needs, and what its lead can press."""
    pressed = value(carried.readout_id, carried.version)
    return Look(
        summary(page),
        (
            *page_blocks(page),
            blocks.context("readout:needs", blocks.mrkdwn("\n".join(_needs(page)))),
            blocks.actions(
                "readout:actions",
                blocks.button(ActionId.READOUT_EDIT, words.EDIT, pressed, label=words.EDIT_LABEL),
                blocks.button(
                    ActionId.READOUT_PUBLISH, words.PUBLISH, pressed, label=words.PUBLISH_LABEL, primary=bool(page.ask)
                ),
            ),
        ),
    )


def published(page_text: str, page: tuple[Mapping[str, Any], ...], said: str) -> Look:
    """The page as it was published, with a line about that; nothing to press."""
    shown = [dict(block) for block in page]
    return Look(f"{page_text} {said}", (*shown, blocks.context("readout:published", blocks.mrkdwn(said))))


def unposted(page_text: str, page: tuple[Mapping[str, Any], ...], said: str, carried: Carried) -> Look:
    """The page as it was published, and that nobody has seen it; it can be posted once more."""
    shown = [dict(block) for block in page]
    pressed = value(carried.readout_id, carried.version)
    again = blocks.button(ActionId.READOUT_PUBLISH, words.AGAIN, pressed, label=words.AGAIN_LABEL, primary=True)
    told = blocks.context("readout:published", blocks.mrkdwn(said))
    return Look(f"{page_text} {said}", (*shown, told, blocks.actions("readout:actions", again)))


def ready(page: Page, carried: Carried) -> Look:
    """To a lead: the quarter is over."""
    period, programme = kit.escaped(page.period.name), kit.typed(page.programme, NAME)
    said = words.READY.format(period=period, programme=programme)
    if page.without_reason:
        said += " " + words.READY_MOVES.format(count=kit.count(len(page.without_reason), "move"))
    pressed = value(carried.readout_id, carried.version)
    button = blocks.button(ActionId.READOUT_OPEN, words.OPEN, pressed, label=words.OPEN_LABEL, primary=True)
    return Look(said, (blocks.section("readout:ready", said), blocks.actions("readout:actions", button)))


def done(programme: str, period: str, who: str) -> Look:
    """To a lead who was told of a draft that has been published since."""
    said = words.DONE.format(period=kit.escaped(period), programme=kit.typed(programme, NAME), who=kit.mention(who))
    return Look(said, (blocks.section("readout:ready", said),))


def lost(programme: str, period: str, trouble: str, carried: Carried) -> Look:
    """To a lead: what was published has not arrived. `trouble`: why, and what helps, in mrkdwn."""
    said = words.LOST.format(period=kit.escaped(period), programme=kit.typed(programme, NAME), trouble=trouble)
    pressed = value(carried.readout_id, carried.version)
    button = blocks.button(ActionId.READOUT_OPEN, words.OPEN_LOST, pressed, label=words.OPEN_LOST_LABEL, primary=True)
    return Look(said, (blocks.section("readout:ready", said), blocks.actions("readout:actions", button)))


def window(page: Page, carried: Carried) -> Block:
    """Where the reasons and the Ask are written."""
    ask = page.ask
    kinds = [(kind.value, words.ASK_KINDS[kind]) for kind in AskKind]
    text: dict[str, Any] = {"most": MOST_TYPED, "optional": True}
    return {
        "type": "modal",
        "callback_id": CallbackId.READOUT.value,
        "title": blocks.plain(words.EDIT_TITLE),
        "submit": blocks.plain(words.SAVE),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(carried),
        "blocks": [
            blocks.section("readout:title", summary(page)),
            *(_reason(moved) for moved in page.movers[:MOST_REASONS]),
            fields.choice(BlockId.ASK_KIND, words.ASK_KIND, {}, kinds, initial=(ask.kind if ask else AskKind.DO).value),
            fields.text(
                BlockId.ASK_DECISION,
                words.ASK_DECISION,
                {},
                initial=ask.decision if ask else "",
                hint=words.ASK_DECISION_HINT,
                **text,
            ),
            fields.text(
                BlockId.ASK_WHO, words.ASK_WHO, {}, initial=ask.who if ask else "", hint=words.ASK_WHO_HINT, **text
            ),
            fields.text(BlockId.ASK_ACTION, words.ASK_ACTION, {}, initial=ask.action if ask else "", **text),
            fields.day(
                BlockId.ASK_DUE,
                words.ASK_DUE,
                {BlockId.ASK_DUE.value: ask.due.isoformat()} if ask else {},
                hint=words.LATER_HINT,
                optional=True,
            ),
        ],
    }


def reasons_in(view: Mapping[str, Any]) -> dict[str, str]:
    """The reasons that were typed, by segment; an emptied one is ""."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    found: dict[str, str] = {}
    for block, inputs in values.items() if isinstance(values, Mapping) else ():
        if not str(block).startswith(REASON) or not isinstance(inputs, Mapping):
            continue
        filled = inputs.get(ActionId.FIELD.value)
        typed = filled.get("value") if isinstance(filled, Mapping) else None
        found[str(block).removeprefix(REASON)] = kit.cut(typed, LONGEST_REASON) if isinstance(typed, str) else ""
    return found


def _reason(moved: Moved) -> Block:
    label = words.WHY_MOVED.format(name=kit.named(line_name(moved.line), NAME), points=points(moved.line))
    element: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.FIELD.value,
        "multiline": False,
        "max_length": LONGEST_REASON,
    }
    if moved.reason:
        element["initial_value"] = moved.reason
    block = f"{REASON}{moved.line.standing.value}"[:_LONGEST_BLOCK]
    return blocks.entry(block, label, element, hint=words.WHY_HINT, optional=True)


def _needs(page: Page) -> list[str]:
    found = [words.DRAFT]
    if page.ask is None:
        found.append(words.NO_ASK)
    if page.without_reason:
        found.append(words.MISSING_REASONS.format(count=kit.count(len(page.without_reason), "move")))
    if not page.period.is_over(page.at):
        found.append(words.RUNS.format(day=long_day((page.period.end - DAY).date())))
    return found
