"""A policy that changed, applied to a case that is open: only when somebody asks for it, and as an event.

Playbook, section 2: deadlines are explained, not just shown. So nothing moves them unseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.cases.case import Case, Change, Event, EventKind, refuse_closed
from recovery.cases.rungs import RungState, ladder_view
from recovery.cases.steps import Step
from recovery.clock.sla import Calendars, retimed
from recovery.clock.tiers import LIMITED, limit_of, sla_of
from recovery.errors import Refusal
from recovery.moments import words_of
from recovery.policy.file import Calendar, Policy, Programme
from recovery.survey import Account

NOT_NEEDED = "not needed"
NAMES = {
    Step.ASSIGN: "owner",
    Step.OUTREACH: "outreach",
    Step.CONVERSATION: "conversation",
    Step.ACTION: "action",
    Step.FOLLOW_UP: "follow-up",
}


@dataclass(frozen=True, slots=True)
class Move:
    """What changes for one step that is not done. None: no deadline. `before`, `after`: its limit, or "not needed"."""

    step: Step
    due_before: datetime | None
    due_after: datetime | None
    before: str
    after: str

    @property
    def moves(self) -> bool:
        """Whether the deadline itself moves; a limit whose clock hasn't started yet changes without that."""
        return self.due_before != self.due_after


def replanned(policy: Policy, programme: Programme, account: Account | None, calendars: Calendars, case: Case) -> Case:
    """Give an open case with the limits and deadlines that it would have by this policy.

    What is done keeps its deadline. A case for which nothing changes is given as it is.
    """
    sla = sla_of(policy, programme, account, case.urgency)
    found = retimed(policy, programme, calendars, replace(case, sla=sla))
    return found if moves(policy, case, found) or found.sla.tier != case.sla.tier else case


def moves(policy: Policy, before: Case, after: Case) -> tuple[Move, ...]:
    """List the steps, not done, whose deadline or limit differs between two states of one case."""
    found = []
    old = {rung.step: rung for rung in ladder_view(before, before.submitted_at)}
    new = {rung.step: rung for rung in ladder_view(after, after.submitted_at)}
    for step in LIMITED:
        if RungState.DONE in {old[step].state, new[step].state}:
            continue
        move = Move(step, old[step].due_at, new[step].due_at, _limit(policy, before, step), _limit(policy, after, step))
        if move.moves or move.before != move.after:
            found.append(move)
    return tuple(found)


def retime(policy: Policy, calendar: Calendar, case: Case, after: Case, by: str, at: datetime) -> Change:
    """The case as `replanned`, with the event that says what moved; times in the words of `calendar`.

    Raises Refusal for a closed case, and where nothing changes.
    """
    refuse_closed(case)
    found = moves(policy, case, after)
    if after == case:
        raise Refusal("Nothing changes for this case.")
    event = Event(
        EventKind.RETIMED,
        by,
        at,
        before=told(((each.step, each.due_before, each.before) for each in found), calendar),
        after=told(((each.step, each.due_after, each.after) for each in found), calendar),
        note=_why(policy, case, after),
    )
    return Change(after, event)


def told(steps: Iterable[tuple[Step, datetime | None, str]], calendar: Calendar) -> str:
    """Write deadlines as people read them: "outreach Sun 22 Nov 2026 14:05, follow-up 30 days"."""
    return ", ".join(f"{NAMES[step]} {words_of(at, calendar) if at else limit}" for step, at, limit in steps)


def _limit(policy: Policy, case: Case, step: Step) -> str:
    return NOT_NEEDED if step in case.sla.skipped else limit_of(policy, case.sla, step).words


def _why(policy: Policy, before: Case, after: Case) -> str:
    if before.sla.tier == after.sla.tier:
        return "The policy changed and was applied to open cases."
    tier = policy.tiers.get(after.sla.tier)
    now = f'The case is in the tier "{tier.name}" now' if tier else "No tier fits the case any more"
    return f"The policy changed and was applied to open cases. {now}."
