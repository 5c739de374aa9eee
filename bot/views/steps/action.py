"""Commit action: a deliverable, a person, a partner, a date; and the question back when it is vague."""

from collections.abc import Sequence
from datetime import date

from bot.views import blocks, fields, kit, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block, challenged_block, metadata, read_challenged
from bot.views.look import Block
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.commitment import Challenge
from recovery.cases.steps import SHORT, ActionKind, Step
from recovery.moments import long_day

_MOST_REASONS = 8
_WORDS_SHOWN = 5


def action(
    brief: Brief,
    *,
    currency: str,
    typed: Typed = NOTHING,
    challenges: Sequence[Challenge] = (),
    since: Sequence[Event] = (),
    corrects: int = 0,
) -> Block:
    """Asks for `kind`, `deliverable`, `person`, `partner`, `due`, `happened_at`; to correct, `reason` too.

    After a challenge (recovery.cases.commitment) it says what is vague, with an example, and asks for the tick
    ids.challenged_block; ids.read_challenged gives back the words that the tick then stands by.
    """
    title, submit = frame.titled(step_words.ACTION_TITLE, step_words.ACTION_SUBMIT, corrects)
    # Only what a modal can carry to its submit can be stood by.
    carried = read_challenged(metadata(0, 0, challenged=[each.words for each in challenges]))
    found = [
        *frame.context(brief, currency, Step.ACTION),
        *([] if corrects else _promised(brief)),
        *_challenged(brief, challenges),
        *_inputs(brief, typed),
        *_tick(carried),
        fields.moment(
            BlockId.HAPPENED_AT, step_words.COMMITTED_AT, typed, hint=step_words.COMMITTED_AT_HINT, optional=True
        ),
        *frame.reason(typed, corrects),
    ]
    return frame.window(
        CallbackId.ACTION, title, submit, brief, found, since=since, corrects=corrects, challenged=carried
    )


def _inputs(brief: Brief, typed: Typed) -> list[Block]:
    last = brief.case.progress.action
    return [
        fields.choice(
            BlockId.KIND,
            step_words.KIND,
            typed,
            fields.named_options(step_words.KINDS, [each.value for each in ActionKind]),
        ),
        fields.text(
            BlockId.DELIVERABLE,
            step_words.DELIVERABLE,
            typed,
            most=SHORT,
            hint=step_words.DELIVERABLE_HINT,
            lines=True,
        ),
        fields.person(BlockId.PERSON, step_words.PERSON, typed, initial=brief.case.owner),
        fields.person(
            BlockId.PARTNER,
            step_words.PARTNER,
            typed,
            initial=last.partner if last else "",
            hint=step_words.PARTNER_HINT,
        ),
        fields.day(BlockId.DUE, step_words.ACTION_DUE, typed),
    ]


def _promised(brief: Brief) -> list[Block]:
    """What is promised already, so that nobody replaces it unseen."""
    last = brief.case.progress.action
    if last is None or not brief.case.progress.action_stands:
        return []
    promise = f"{kit.named(last.deliverable, 300)} ({long_day(last.due)})"
    said = step_words.NOW_PROMISED.format(promise=promise)
    return [blocks.context(case_block(brief.case.id, "promised"), blocks.plain(said))]


def _challenged(brief: Brief, challenges: Sequence[Challenge]) -> list[Block]:
    if not challenges:
        return []
    reasons = [blocks.line(f"• {kit.named(each.why, 300)}") for each in challenges[:_MOST_REASONS]]
    example = step_words.CHALLENGE_EXAMPLE.format(example=kit.named(challenges[0].example, 300))
    return [blocks.rich(case_block(brief.case.id, "challenge"), *reasons, blocks.line(example))]


def _said(words: str) -> str:
    """What was challenged, as people read it; a day comes in ISO form."""
    try:
        return long_day(date.fromisoformat(words))
    except ValueError:
        return kit.named(words, 80)


def _tick(challenged: Sequence[str]) -> list[Block]:
    """Never ticked beforehand: it is a promise of its own."""
    if not challenged:
        return []
    shown = kit.listed([f"“{_said(each)}”" for each in challenged], _WORDS_SHOWN)
    hint = step_words.CHALLENGED_HINT.format(words=shown)
    return [
        fields.tick(challenged_block(challenged), step_words.CHALLENGED, NOTHING, step_words.CHALLENGED_TICK, hint=hint)
    ]
