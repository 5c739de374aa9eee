"""Follow up: did the action hold, how we know, and whether to ask the customer again."""

from collections.abc import Sequence

from bot.views import blocks, fields, ladder, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.steps import LONG, FollowUpResult, Step


def follow_up(
    brief: Brief,
    *,
    currency: str,
    typed: Typed = NOTHING,
    since: Sequence[Event] = (),
    corrects: int = 0,
) -> Block:
    """Asks for `result`, `evidence`, `happened_at`, `new_due`, `resurvey`; to correct, `reason` too.

    After a quick answer in the prompt `typed` is {"result": "held"} or its like.
    """
    title, submit = frame.titled(step_words.FOLLOW_UP_TITLE, step_words.LOG_IT, corrects)
    promise = ladder.promise(brief.case) or blocks.line(step_words.NO_ACTION)
    found = [
        *frame.answered(brief, currency),
        frame.standing(brief, Step.FOLLOW_UP),
        blocks.rich(case_block(brief.case.id, "action"), promise),
        fields.choice(
            BlockId.RESULT,
            step_words.DID_IT_HOLD,
            typed,
            fields.named_options(step_words.FOLLOW_UP_RESULTS, [each.value for each in FollowUpResult]),
        ),
        fields.text(BlockId.EVIDENCE, step_words.EVIDENCE, typed, most=LONG, hint=step_words.EVIDENCE_HINT, lines=True),
        frame.happened_at(step_words.FOLLOWED_UP_AT, typed, brief.at),
        fields.day(BlockId.NEW_DUE, step_words.NEW_DUE, typed, hint=step_words.NEW_DUE_HINT, optional=True),
        fields.tick(BlockId.RESURVEY, step_words.RESURVEY, typed, step_words.RESURVEY_TICK),
        *frame.reason(typed, corrects),
    ]
    return frame.window(CallbackId.FOLLOW_UP, title, submit, brief, found, since=since, corrects=corrects)
