"""Changes of a case go through here: its deadlines follow, it is saved, everything we say follows it.

Two do without `save`: a case that is opened has its deadlines already (bot/flows/cases/intake.py), and the flag step
(bot/flows/watching/reporting.py) takes its deadlines from `timed` and says nothing, since its card was shown just now;
only a card that came late is drawn again.
"""

from dataclasses import replace
from datetime import datetime

from bot.flows.cases.settle import settle
from bot.house import House
from recovery.cases.case import CHANGES_HANDS, Case, Change, Deadlines, EventKind, State
from recovery.cases.progress import Progress
from recovery.clock.sla import retimed
from recovery.clock.tiers import sla_of
from recovery.survey import Account
from store.cases import cases
from store.engine import Tx

# A policy that changed moves no open case unseen (`winback policy apply` does), so only what moves a clock is here.
MOVES_CLOCKS = frozenset(
    {
        EventKind.FLAGGED,
        EventKind.RELEASED,
        EventKind.REOPENED,
        EventKind.PAUSED,
        EventKind.RESUMED,
        EventKind.FOLLOW_UP_LOGGED,
        EventKind.CORRECTED,
    }
)


async def save(tx: Tx, house: House, change: Change) -> Case:
    """Writes the case with its deadlines as they are now, and settles. Raises Stale if somebody was faster."""
    change = timed(house, change)
    case = await cases.save(tx, change)
    await settle(tx, house, case, change.event)
    return case


def timed(house: House, change: Change) -> Change:
    """The change with the deadlines that follow from it: another owner's hours, a pause, a return to the channel."""
    case = change.case
    programme = house.programme_of(case)
    if programme is None or case.state is State.CLOSED or not _moves(house, change):
        return change
    moved = retimed(house.policy, programme, house.calendars(case, programme), case)
    at = change.event.at
    deadlines = _missed_stay(case.deadlines, moved.deadlines, at)
    progress = moved.progress if change.restarts_action else _again_stays(case, moved, at)
    return replace(change, case=replace(moved, deadlines=deadlines, progress=progress))


def _again_stays(before: Case, after: Case, at: datetime) -> Progress:
    """The same for the new action that a broken one asks for."""
    was = before.progress
    if was.action_again_due is None or was.action_again_due > at:
        return after.progress
    return replace(after.progress, action_again_due=was.action_again_due, action_again_why=was.action_again_why)


def _missed_stay(before: Deadlines, after: Deadlines, at: datetime) -> Deadlines:
    """A deadline that has passed stays where it was: other hands with other hours would hide that it was missed."""
    if before.outreach <= at:
        after = replace(after, outreach=before.outreach, outreach_why=before.outreach_why)
    if before.conversation and before.conversation <= at:
        after = replace(after, conversation=before.conversation, conversation_why=before.conversation_why)
    if before.action and before.action <= at:
        after = replace(after, action=before.action, action_why=before.action_why)
    return after


def retiered(
    house: House, before: Case, after: Case, account_before: Account | None, account_now: Account | None
) -> Case:
    """The case `after` something became known of it: in another tier, if that is what the news mean.

    Both tiers are those of today's policy, so that a policy which changed since the case was opened moves nothing.
    """
    programme = house.programme_of(after)
    if programme is None:
        return after
    was = sla_of(house.policy, programme, account_before, before.urgency)
    sla = sla_of(house.policy, programme, account_now, after.urgency)
    if sla == was:
        return after
    return retimed(house.policy, programme, house.calendars(after, programme), replace(after, sla=sla))


def _moves(house: House, change: Change) -> bool:
    kind, case = change.event.kind, change.case
    if kind in MOVES_CLOCKS:
        return True
    programme = house.programme_of(case)
    if programme is None or kind not in CHANGES_HANDS:
        return False
    before = house.calendars(replace(case, owner=change.event.before), programme)
    return before.owner != house.calendars(case, programme).owner
