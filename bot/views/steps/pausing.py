"""A case that waits: on the customer, with its deadlines, or only its reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.views import alert_words, blocks, fields, kit
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.silence import silence_of
from bot.views.steps import frame
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.steps import SHORT
from recovery.clock.pauses import total, waiting
from recovery.policy.clock import PauseRules

PAUSE, SNOOZE = "pause", "snooze"
_A_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def pause(
    brief: Brief, *, currency: str, rules: PauseRules, typed: Typed = NOTHING, since: Sequence[Event] = ()
) -> Block:
    """Asks for `kind` ("pause" or "snooze"), `until` and `reason`."""
    hint = alert_words.PAUSE_HINT.format(
        longest=rules.longest.words, days=kit.count(rules.most_days, "day"), snooze=rules.snooze_longest.words
    )
    found = [
        *frame.context(brief, currency),
        *_so_far(brief, rules),
        fields.choice(
            BlockId.KIND, alert_words.KIND, typed, tuple(alert_words.KINDS.items()), initial=PAUSE, hint=hint
        ),
        fields.moment(BlockId.UNTIL, alert_words.UNTIL, typed, initial=_until(brief, rules)),
        _why(typed, alert_words.PAUSE_WHY_HINT),
    ]
    return frame.window(CallbackId.PAUSE, alert_words.PAUSE_TITLE, alert_words.SAVE, brief, found, since=since)


def snooze(
    brief: Brief, *, currency: str, rules: PauseRules, typed: Typed = NOTHING, since: Sequence[Event] = ()
) -> Block:
    """Asks for `until` and `reason`."""
    hint = alert_words.SNOOZE_HINT.format(snooze=rules.snooze_longest.words)
    initial = brief.at + min(_A_DAY, rules.snooze_longest.amount)
    found = [
        *frame.context(brief, currency),
        *_so_far(brief, rules),
        fields.moment(BlockId.UNTIL, alert_words.UNTIL, typed, initial=initial, hint=hint),
        _why(typed, alert_words.SNOOZE_WHY_HINT),
    ]
    return frame.window(
        CallbackId.SNOOZE, alert_words.SNOOZE_TITLE, alert_words.SNOOZE_SUBMIT, brief, found, since=since
    )


def _why(typed: Typed, hint: str) -> Block:
    return fields.text(BlockId.REASON, alert_words.WHY, typed, most=SHORT, hint=hint, lines=True)


def _until(brief: Brief, rules: PauseRules) -> datetime:
    """When the booked meeting is over, where that is soon enough; else tomorrow."""
    meeting = brief.case.progress.meeting_at
    if meeting and brief.at < meeting <= brief.at + rules.longest.amount - _HOUR:
        return meeting + _HOUR
    return brief.at + min(_A_DAY, rules.longest.amount)


def _so_far(brief: Brief, rules: PauseRules) -> list[Block]:
    """What keeps the case silent now, the meeting that is booked, and how long it has waited before."""
    case = brief.case
    silence = silence_of(case, brief.at)
    spans = [
        (start, min(end, brief.at)) for start, end in waiting(case.progress.pauses, rules.most) if start < brief.at
    ]
    waited, meeting = total(spans), case.progress.meeting_at
    lines = [
        silence.sentence if silence else "",
        alert_words.MEETING.format(at=kit.when(meeting)) if meeting and meeting > brief.at else "",
        alert_words.PAUSED_SO_FAR.format(length=kit.span(waited)) if waited else "",
    ]
    said = "\n".join(line for line in lines if line)
    return [blocks.section(case_block(case.id, "so_far"), said)] if said else []
