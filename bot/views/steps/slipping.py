"""The functional partner says that the action slips, and why."""

from collections.abc import Sequence

from bot.views import blocks, fields, ladder, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.steps import SHORT


def partner_slips(brief: Brief, *, typed: Typed = NOTHING, since: Sequence[Event] = ()) -> Block:
    """Asks for `note`."""
    promise = ladder.promise(brief.case) or blocks.line(step_words.NO_ACTION)
    found = [
        *frame.wrote(brief),
        blocks.rich(case_block(brief.case.id, "action"), promise),
        fields.text(
            BlockId.NOTE,
            step_words.PARTNER_NOTE,
            typed,
            most=SHORT,
            hint=step_words.PARTNER_NOTE_HINT,
            lines=True,
            focus=True,
        ),
    ]
    return frame.window(
        CallbackId.PARTNER_SLIPS, step_words.PARTNER_TITLE, step_words.PARTNER_SUBMIT, brief, found, since=since
    )
