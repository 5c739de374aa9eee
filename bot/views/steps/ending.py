"""Close a case with an outcome that its steps bear out, and reopen one."""

from collections.abc import Sequence

from bot.views import blocks, fields, step_words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event, Outcome
from recovery.cases.closing import LEAD_ONLY, why_not
from recovery.cases.step_rules import StepRules
from recovery.cases.steps import SHORT


def close(
    brief: Brief,
    *,
    currency: str,
    rules: StepRules,
    lead: bool = False,
    typed: Typed = NOTHING,
    since: Sequence[Event] = (),
) -> Block:
    """Asks for `outcome` and `reason`. Only outcomes that fit can be chosen; what the others lack is said.

    `lead`: whether who closes may withdraw the case (recovery.roles).
    """
    offered = [outcome for outcome in Outcome if lead or outcome not in LEAD_ONLY]
    lacking = {outcome: why_not(brief.case, outcome, rules) for outcome in offered}
    found = [
        *frame.context(brief, currency),
        fields.choice(
            BlockId.OUTCOME,
            step_words.OUTCOME,
            typed,
            fields.named_options(step_words.OUTCOMES, [each.value for each in offered if not lacking[each]]),
        ),
        fields.text(
            BlockId.REASON,
            step_words.CLOSE_REASON,
            typed,
            most=SHORT,
            hint=step_words.CLOSE_REASON_HINT,
            optional=True,
            lines=True,
        ),
        *_not_yet(brief, {outcome: why for outcome, why in lacking.items() if why}),
    ]
    return frame.window(CallbackId.CLOSE, step_words.CLOSE_TITLE, step_words.CLOSE_SUBMIT, brief, found, since=since)


def reopen(brief: Brief, *, currency: str, typed: Typed = NOTHING, since: Sequence[Event] = ()) -> Block:
    """Asks for `reason`."""
    said, hint = step_words.REOPEN_REASON, step_words.REOPEN_REASON_HINT
    found = [
        *frame.context(brief, currency),
        fields.text(BlockId.REASON, said, typed, most=SHORT, hint=hint, lines=True, focus=True),
    ]
    return frame.window(CallbackId.REOPEN, step_words.REOPEN_TITLE, step_words.REOPEN_SUBMIT, brief, found, since=since)


def _not_yet(brief: Brief, lacking: dict[Outcome, str]) -> list[Block]:
    if not lacking:
        return []
    lines = [
        blocks.line("• ", blocks.bold(step_words.OUTCOMES[outcome.value]), f": {why}")
        for outcome, why in lacking.items()
    ]
    return [blocks.rich(case_block(brief.case.id, "not_yet"), blocks.line(step_words.NOT_YET), *lines)]
