"""When a case asks for its owner by itself. So far: on the follow-up's day (playbook, section 2, follow-up)."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from recovery.cases.case import Case, State
from recovery.cases.rungs import is_needed
from recovery.cases.steps import Step

MORNING = time(9, 0)


def follow_up_prompt_at(case: Case, zone: ZoneInfo) -> datetime | None:
    """Nine in the morning of the follow-up's day, in the reader's zone (UTC); None while there is nothing to ask."""
    progress = case.progress
    if case.state is State.CLOSED or not is_needed(case, Step.FOLLOW_UP):
        return None
    if not progress.action_stands or progress.held or progress.follow_up_due is None:
        return None
    day = progress.follow_up_due.astimezone(zone).date()
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
