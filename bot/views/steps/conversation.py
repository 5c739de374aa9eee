"""Log conversation: with whom, the root cause with the sentence that says it, what they want changed."""

from collections.abc import Sequence
from datetime import datetime

from bot.views import fields, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId
from bot.views.look import Block
from bot.views.phrases import full_name
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.steps import LONG, SHORT, Step


def conversation(
    brief: Brief,
    *,
    currency: str,
    root_causes: Sequence[str],
    typed: Typed = NOTHING,
    since: Sequence[Event] = (),
    corrects: int = 0,
) -> Block:
    """Asks for `happened_at`, `with_whom`, `root_cause`, `sentence`, `wants`, `notes`; to correct, `reason` too.

    `root_causes` are the policy's; the chosen one comes back as its value.
    """
    title, submit = frame.titled(step_words.CONVERSATION_TITLE, step_words.LOG_IT, corrects)
    found = [
        *frame.context(brief, currency, Step.CONVERSATION),
        frame.happened_at(step_words.HAPPENED_AT, typed, _likely(brief)),
        fields.text(
            BlockId.WITH_WHOM, step_words.WITH_WHOM, typed, most=SHORT, initial=full_name(brief.answer.contact)
        ),
        fields.choice(
            BlockId.ROOT_CAUSE,
            step_words.ROOT_CAUSE,
            typed,
            [(cause, cause) for cause in root_causes],
            initial=brief.case.progress.root_cause,
        ),
        fields.text(BlockId.SENTENCE, step_words.SENTENCE, typed, most=SHORT, hint=step_words.SENTENCE_HINT),
        fields.text(BlockId.WANTS, step_words.WANTS, typed, most=LONG, lines=True),
        fields.text(BlockId.NOTES, step_words.NOTES, typed, most=LONG, lines=True),
        *frame.reason(typed, corrects),
    ]
    return frame.window(CallbackId.CONVERSATION, title, submit, brief, found, since=since, corrects=corrects)


def _likely(brief: Brief) -> datetime:
    """The meeting that was booked, once its time has come; else now."""
    booked = brief.case.progress.meeting_at
    return booked if booked and booked <= brief.at else brief.at
