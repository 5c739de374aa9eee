"""Log outreach: a first message to copy, then how, when and with what result (playbook, section 3)."""

from collections.abc import Sequence

from bot.views import blocks, fields, kit, phrases, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.drafts import outreach_draft
from recovery.cases.steps import LONG, PERSONAL_CHANNELS, OutreachResult, Step

_DRAFT = 2_800
_DRAFT_QUOTE = 400


def draft_of(brief: Brief, template: str, sender: str) -> str:
    """The policy's first message in the contact's name; a long comment is cut so that the end of it stays."""
    return outreach_draft(
        template,
        first_name=phrases.called(brief.answer.contact),
        score=brief.answer.score,
        quote=kit.cut(brief.answer.verbatim, _DRAFT_QUOTE),
        sender=sender,
    )


def outreach(
    brief: Brief,
    *,
    currency: str,
    draft: str = "",
    typed: Typed = NOTHING,
    since: Sequence[Event] = (),
    corrects: int = 0,
) -> Block:
    """Asks for `channel`, `result`, `happened_at`, `meeting_at`, `note`; with `corrects` for `reason` too.

    `draft` stands above the inputs to be copied; a correction needs none.
    """
    title, submit = frame.titled(step_words.OUTREACH_TITLE, step_words.LOG_IT, corrects)
    found = [
        *frame.context(brief, currency, Step.OUTREACH),
        *_tried(brief),
        *_draft(brief, draft),
        fields.choice(
            BlockId.CHANNEL,
            step_words.CHANNEL,
            typed,
            fields.named_options(step_words.CHANNELS, [each.value for each in PERSONAL_CHANNELS]),
        ),
        fields.choice(
            BlockId.RESULT,
            step_words.RESULT,
            typed,
            fields.named_options(step_words.OUTREACH_RESULTS, [each.value for each in OutreachResult]),
        ),
        frame.happened_at(step_words.HAPPENED_AT, typed, brief.at),
        fields.text(
            BlockId.NOTE,
            step_words.OUTREACH_NOTE,
            typed,
            most=LONG,
            hint=step_words.OUTREACH_NOTE_HINT,
            optional=True,
            lines=True,
        ),
        fields.moment(BlockId.MEETING_AT, step_words.MEETING_AT, typed, hint=step_words.MEETING_AT_HINT, optional=True),
        *frame.reason(typed, corrects),
    ]
    return frame.window(CallbackId.OUTREACH, title, submit, brief, found, since=since, corrects=corrects)


def _tried(brief: Brief) -> list[Block]:
    progress = brief.case.progress
    if not progress.attempts:
        return []
    channels = ", ".join(step_words.CHANNELS[channel.value].lower() for channel in progress.channels)
    said = step_words.TRIED.format(attempts=kit.count(progress.attempts, "attempt"), channels=channels)
    return [blocks.context(case_block(brief.case.id, "tried"), blocks.plain(said))]


def _draft(brief: Brief, draft: str) -> list[Block]:
    part = kit.excerpt(draft, _DRAFT)
    if not part.text:
        return []
    found = [blocks.line(step_words.DRAFT), blocks.preformatted(part.text)]
    if part.left_out:
        found.append(blocks.line(step_words.DRAFT_CUT))
    return [blocks.rich(case_block(brief.case.id, "draft"), *found)]
