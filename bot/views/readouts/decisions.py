"""The published readout with its Ask to answer, the window of the answer, and the list of all Asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.views import blocks, fields, kit
from bot.views.figures.frame import NAME
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.readouts import words
from bot.views.readouts.draft import Carried, metadata, value
from bot.views.readouts.page import Room, decision_parts, fitting, sentence
from bot.views.readouts.page import ask as ask_block
from recovery.asking_gate import MOST_TYPED
from recovery.page import Answer, Ask, Decision
from recovery.share import Share

MOST_LISTED = 6
LONGEST_NAME = 80
SAID_ROOM = 2_000  # characters as JSON, under a page of at most PAGE_ROOM
LIST_ROOM = 12_000
BUTTONS = {
    Answer.YES: ActionId.READOUT_YES,
    Answer.NO: ActionId.READOUT_NO,
    Answer.KEEP_MONITORING: ActionId.READOUT_KEEP_MONITORING,
}
LABELS = {Answer.YES: words.YES, Answer.NO: words.NO, Answer.KEEP_MONITORING: words.KEEP_MONITORING}


@dataclass(frozen=True, slots=True)
class Asked:
    """One published readout in the list; `decisions` in order, the last one counts."""

    programme: str
    period: str
    ask: Ask
    published: str
    decisions: tuple[Decision, ...]

    @property
    def is_decided(self) -> bool:
        return bool(self.decisions) and self.decisions[-1].answer is not Answer.KEEP_MONITORING

    @property
    def stalls(self) -> int:
        return sum(each.answer is Answer.KEEP_MONITORING for each in self.decisions)


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


def listed(found: Sequence[Asked], command: str = "/nps") -> Look:
    """Every Ask with what became of it, the latest first; stalls are counted."""
    if not found:
        said = words.NONE_PUBLISHED.format(command=command)
        return Look(said, (blocks.section("decisions:none", said),))
    share = Share(sum(each.is_decided for each in found), len(found))
    stalls = sum(each.stalls for each in found)
    heading = words.DECISIONS.format(
        share=words.DECIDED_SHARE.format(part=share.part, whole=share.whole, percent=share.percent),
        stalls=words.STALLS.format(times=kit.count(stalls, "time")) if stalls else "",
    )
    rows = fitting(lambda room: [_row(*each, room) for each in enumerate(found[:MOST_LISTED])], LIST_ROOM)
    rest = []
    if len(found) > MOST_LISTED:
        more = words.MORE.format(count=len(found) - MOST_LISTED)
        rest.append(blocks.context("decisions:more", blocks.mrkdwn(more)))
    return Look(heading.replace("*", ""), (blocks.section("decisions:title", heading), *rows, *rest))


def _row(number: int, asked: Asked, room: Room) -> Block:
    title = f"{kit.named(asked.programme, NAME)}, {asked.period}: "
    lines = [blocks.line(blocks.bold(title), sentence(asked.ask.decision, room))]
    lines += [blocks.line("\n", *decision_parts(each, room)) for each in asked.decisions[-2:]]
    if not asked.decisions:
        lines.append(blocks.line("\n", words.OPEN_ASK.format(at=asked.published)))
    return blocks.rich(f"decisions:{number}", *lines)


def _said(number: int, decision: Decision, room: Room) -> Block:
    said, by = decision_parts(decision, room), _written_by(decision)
    return blocks.rich(f"readout:decision:{number}", blocks.line(*said, *by))


def _written_by(decision: Decision) -> tuple[Block | str, ...]:
    before, _, after = words.WRITTEN_BY.partition("{who}")
    between, _, end = after.partition("{at}")
    return (before, blocks.person(decision.by), between, blocks.moment(decision.at), end)
