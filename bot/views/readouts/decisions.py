"""The published readout with its Ask to answer, the window of the answer, and the list of all Asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.views import blocks, fields, kit
from bot.views import words as common
from bot.views.figures import words as figure_words
from bot.views.figures.frame import NAME
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.readouts import changed, words
from bot.views.readouts.draft import Carried, metadata, value
from bot.views.readouts.page import Room, decision_parts, effect_parts, fitting, sentence
from bot.views.readouts.page import ask as ask_block
from recovery.readouts.asking_gate import MOST_TYPED
from recovery.readouts.engagement import Engagement
from recovery.readouts.page import Answer, Ask, Decision

MOST_LISTED = 5
LONGEST_NAME = 80
SAID_ROOM = 2_000  # characters as JSON, under a page of at most PAGE_ROOM
LIST_ROOM = 11_500
BUTTONS = {
    Answer.YES: ActionId.READOUT_YES,
    Answer.NO: ActionId.READOUT_NO,
    Answer.KEEP_MONITORING: ActionId.READOUT_KEEP_MONITORING,
}
LABELS = {Answer.YES: words.YES, Answer.NO: words.NO, Answer.KEEP_MONITORING: words.KEEP_MONITORING}


@dataclass(frozen=True, slots=True)
class Asked:
    """One published readout in the list; `decisions` in order, the last one counts.

    `carried`: for a reader who may say what the decision changed, else None.
    """

    programme: str
    period: str
    ask: Ask
    published: str
    decisions: tuple[Decision, ...]
    carried: Carried | None = None


def readout(text: str, page: Sequence[Mapping[str, Any]], decisions: Sequence[Decision], carried: Carried) -> Look:
    """What the executives' channel has: the page as it was published, what was said, and what can be said."""
    said = fitting(lambda room: [_said(number, each, room) for number, each in enumerate(decisions[-2:])], SAID_ROOM)
    last = decisions[-1] if decisions else None
    if last is not None:
        answer = f"{words.DECIDED[last.answer]}, {kit.typed(last.name, NAME)}"
        text = f"{text} {answer}"
    shown = [dict(block) for block in page]
    if last is not None and last.answer is not Answer.KEEP_MONITORING:
        return Look(text, (*shown, *said))
    pressed = value(carried.readout_id, carried.version)
    buttons = blocks.actions(
        "readout:actions",
        *(
            blocks.button(
                BUTTONS[answer], LABELS[answer], pressed, label=words.DECIDE_LABEL.format(answer=LABELS[answer])
            )
            for answer in Answer
        ),
    )
    return Look(text, (*shown, *said, buttons))


def window(ask: Ask, answer: Answer, carried: Carried, name: str) -> Block:
    """Asks for a sentence and a name. `name`: of who opened it."""
    stall = [blocks.context("decision:stall", blocks.plain(words.STALL))] if answer is Answer.KEEP_MONITORING else []
    kinds = [(each.value, LABELS[each]) for each in Answer]
    return {
        "type": "modal",
        "callback_id": CallbackId.DECISION.value,
        "title": blocks.plain(words.DECIDE_TITLE),
        "submit": blocks.plain(words.DECIDE_SUBMIT),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(carried),
        "blocks": [
            ask_block(ask),
            fields.choice(BlockId.KIND, words.DECIDE_TITLE, {}, kinds, initial=answer.value),
            *stall,
            fields.text(BlockId.SENTENCE, words.WHY, {}, most=MOST_TYPED, focus=True),
            fields.text(BlockId.DECIDED_BY, words.WHO, {}, most=LONGEST_NAME, initial=name, hint=words.WHO_HINT),
        ],
    }


def pages(total: int) -> int:
    """How many pages the list takes; at least 1."""
    return max(1, -(-total // MOST_LISTED))


def listed(found: Sequence[Asked], counted: Engagement, page: int = 1, command: str = "/nps") -> Look:
    """One page of the Asks, the latest first, with what became of each; on top whether readouts change anything."""
    total = counted.decided.whole
    if not total:
        said = words.NONE_PUBLISHED.format(command=command)
        return Look(said, (blocks.section("decisions:none", said),))
    heading = words.DECISIONS.format(engagement=engaged(counted))
    rows = fitting(
        lambda room: [block for each in enumerate(found[:MOST_LISTED]) for block in _row(*each, room, page)], LIST_ROOM
    )
    title = blocks.section("decisions:title", heading)
    return Look(heading.replace("*", ""), (title, *rows, *_pager(page, pages(total))))


def engaged(counted: Engagement) -> str:
    """Whether readouts change anything, in one line: "3 of 4 Asks decided (75 %), 1 stalled · 2 decisions …"."""
    decided = words.DECIDED_SHARE.format(
        part=f"{counted.decided.part:,}",
        asks=kit.count(counted.decided.whole, "Ask"),
        percent=counted.decided.percent,
        stalled=words.STALLED.format(count=f"{counted.stalled:,}") if counted.stalled else "",
    )
    more = counted.stalls > counted.stalled
    stalls = words.STALLS.format(stalls=kit.count(counted.stalls, "stall")) if more else ""
    effect = words.NOTHING_CHANGED
    if counted.changed:
        effect = words.HAVE_CHANGED.format(decisions=kit.count(counted.changed, "decision"))
    return kit.dotted(decided, stalls, effect)


def _row(number: int, asked: Asked, room: Room, page: int) -> list[Block]:
    name = f"{kit.named(asked.programme, room.name)}, {asked.period}"
    said: list[Block | str] = [blocks.bold(f"{name}: "), sentence(asked.ask.decision, room)]
    for each in asked.decisions[-2:]:
        said += ["\n", *decision_parts(each, room)]
        if (effect := each.effect) is not None:
            said += ["\n", *effect_parts(effect, room), *_written(effect.by, effect.at)]
    if not asked.decisions:
        said += ["\n", words.OPEN_ASK.format(at=asked.published)]
    shown = [blocks.rich(f"decisions:{number}", blocks.line(*said))]
    if asked.carried is not None:
        noting = changed.Noting(asked.carried.readout_id, asked.carried.version, page)
        is_noted = asked.decisions[-1].effect is not None
        shown.append(blocks.actions(f"decisions:{number}:actions", changed.button(noting, name, is_noted=is_noted)))
    return shown


def _pager(page: int, last: int) -> list[Block]:
    if last == 1:
        return []
    back = blocks.button(ActionId.DECISIONS_BACK, common.BACK, str(page - 1), label=common.BACK_LABEL)
    forth = blocks.button(ActionId.DECISIONS_NEXT, common.NEXT, str(page + 1), label=common.NEXT_LABEL)
    buttons = ([back] if page > 1 else []) + ([forth] if page < last else [])
    said = figure_words.PAGE.format(page=f"{page:,}", pages=f"{last:,}")
    return [blocks.context("decisions:page", blocks.mrkdwn(said)), blocks.actions("decisions:pager", *buttons)]


def _said(number: int, decision: Decision, room: Room) -> Block:
    said, by = decision_parts(decision, room), _written(decision.by, decision.at)
    return blocks.rich(f"readout:decision:{number}", blocks.line(*said, *by))


def _written(by: str, at: datetime) -> tuple[Block | str, ...]:
    before, _, after = words.WRITTEN_BY.partition("{who}")
    between, _, end = after.partition("{at}")
    return (before, blocks.person(by), between, blocks.moment(at), end)
