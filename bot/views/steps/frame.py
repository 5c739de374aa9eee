"""What every modal of a step has: the case on top, what changed meanwhile, and the way back to its handler."""

from collections.abc import Sequence
from datetime import datetime

from bot.views import blocks, card, fields, kit, ladder, step_words, words
from bot.views.fields import Typed
from bot.views.ids import BlockId, CallbackId, case_block, metadata
from bot.views.look import Block
from bot.views.notes import sentence
from bot.views.phrases import full_name
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.rungs import RungState
from recovery.cases.steps import SHORT, Step

_QUOTE = 300
_QUOTE_LINES = 4
_MOST_MOVED = 5
_LONGEST = 500  # of a refusal in a window: escaped, it may become five times as long


def window(
    callback: CallbackId,
    title: str,
    submit: str,
    brief: Brief,
    found: Sequence[Block],
    *,
    since: Sequence[Event] = (),
    corrects: int = 0,
    challenged: Sequence[str] = (),
) -> Block:
    """A modal about one case. `since` is what others did while it was open, `corrects` the entry it corrects."""
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": blocks.plain(title),
        "submit": blocks.plain(submit),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(brief.case.id, brief.case.version, entry=corrects, challenged=challenged),
        "blocks": [*moved(brief, since), *found],
    }


def moved(brief: Brief, since: Sequence[Event]) -> list[Block]:
    """What others did while a modal was open, newest last, and that nothing typed is lost. Empty for nothing."""
    if not since:
        return []
    shown = since[-_MOST_MOVED:]
    lines: list[Block] = [blocks.line(blocks.bold(step_words.MEANWHILE))]
    for event in shown:
        parts, _ = sentence(event, brief.answer.contact)
        lines.append(blocks.line("• ", *parts))
    if len(since) > len(shown):
        more = kit.count(len(since) - len(shown), "more change")
        lines.append(blocks.line(step_words.MEANWHILE_MORE.format(more=more)))
    return [blocks.rich("moved", *lines, blocks.line(step_words.NOTHING_LOST))]


def context(brief: Brief, currency: str, step: Step | None = None) -> list[Block]:
    """Who, what they said, and what is due: of one step with the rule behind its date, else of the whole case."""
    case = brief.case
    if step is None:
        return [*answered(brief, currency), blocks.section(case_block(case.id, "due"), card.due(brief))]
    found = [*answered(brief, currency), standing(brief, step)]
    rung = ladder.rung_of(case, step, brief.at)
    why = kit.named(rung.why, 500) if rung.state is not RungState.DONE else ""
    return [*found, blocks.context(case_block(case.id, "why"), blocks.plain(why))] if why else found


def standing(brief: Brief, step: Step) -> Block:
    """How one step stands: due when, late since when, or done."""
    return blocks.section(case_block(brief.case.id, "due"), ladder.stands(brief.case, step, brief.at))


def answered(brief: Brief, currency: str) -> list[Block]:
    """Who answered, and what they said."""
    return _said(brief, card.headline(brief, currency))


def wrote(brief: Brief) -> list[Block]:
    """The same without score and money, for somebody who has no seat in the programme's channel."""
    return _said(brief, card.account_name(brief))


def _said(brief: Brief, headline: str) -> list[Block]:
    part = kit.excerpt(brief.answer.verbatim, _QUOTE, _QUOTE_LINES)
    said = blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "") if part.text else None
    top = blocks.line(blocks.bold(headline), "\n", full_name(brief.answer.contact))
    return [blocks.rich(case_block(brief.case.id, "answer"), top, said or blocks.line(words.NO_COMMENT))]


def happened_at(label: str, typed: Typed, at: datetime) -> Block:
    """When it really was; now, unless something else was chosen."""
    return fields.moment(BlockId.HAPPENED_AT, label, typed, initial=at)


def titled(title: str, submit: str, corrects: int) -> tuple[str, str]:
    """The title and the button of a modal that logs, or that corrects what was logged."""
    return (step_words.CORRECT_TITLE, step_words.CORRECT_IT) if corrects else (title, submit)


def reason(typed: Typed, corrects: int) -> list[Block]:
    """Why something is corrected; nothing where something is logged for the first time."""
    if not corrects:
        return []
    said, hint = step_words.CORRECT_REASON, step_words.CORRECT_REASON_HINT
    return [fields.text(BlockId.REASON, said, typed, most=SHORT, hint=hint, optional=True)]


def refused(sentence: str) -> Block:
    """A window that only says why something was refused, for places where nothing else can: the App Home, a modal.

    `sentence` may hold mentions of people, as the refusals of recovery.roles do; nothing else in it is parsed.
    """
    return {
        "type": "modal",
        "callback_id": CallbackId.REFUSED.value,
        "title": blocks.plain(step_words.REFUSED_TITLE),
        "close": blocks.plain(words.CLOSE),
        "blocks": [blocks.section("refused", kit.with_mentions(sentence, _LONGEST) or step_words.REFUSED_TITLE)],
    }
