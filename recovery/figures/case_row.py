"""What figures need of a case, flat: a row of the cases, or one value made of a whole Case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from recovery.cases.case import Case, Outcome, State, Urgency
from recovery.cases.progress import Verdict
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.saved import NEVER_MEASURED
from recovery.cases.steps import ActionKind, Step
from recovery.clock.pauses import total, waiting
from recovery.figures.contacted import LEFT_OUT

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as figures see it. Times are aware UTC; "" and None where something isn't there or isn't known.

    `contacted_at`, `first_committed_at`, `commitments`, `slips`, `breaks`, `verdict` as in Progress; `follow_up_at` is
    the last follow-up's time, `held` whether that one said so. `honest_no`: the action that stands last is one.
    `action_due` is the first deadline of the action, not the one after it broke. `skipped`: values of Step. `acv`,
    `segment`: what is known of the account now. `waiting`: how long the case has waited on the customer.
    `next_step`, `next_due`: the first step that is open; `first_due`: the earliest deadline of those that are;
    None for closed cases. `flag_due`: submission and the policy's limit of the flag.
    """

    id: int
    programme: str
    state: State
    submitted_at: datetime
    assign_due: datetime
    outreach_due: datetime
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    flagged_at: datetime | None = None
    flag_due: datetime | None = None
    assigned_at: datetime | None = None
    contacted_at: datetime | None = None
    conversation_at: datetime | None = None
    conversation_due: datetime | None = None
    first_committed_at: datetime | None = None
    action_due: datetime | None = None
    follow_up_at: datetime | None = None
    follow_up_due: datetime | None = None
    held: bool = False
    honest_no: bool = False
    commitments: int = 0
    slips: int = 0
    breaks: int = 0
    skipped: tuple[str, ...] = ()
    verdict: Verdict | None = None
    account_id: int | None = None
    acv: Decimal | None = None
    segment: str = ""
    tier: str = ""
    owner: str = ""
    root_cause: str = ""
    waiting: timedelta = NO_TIME
    urgency: Urgency = Urgency.NORMAL
    next_step: Step | None = None
    next_due: datetime | None = None
    first_due: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the case is in the figures at all: withdrawn and duplicate ones are not (playbook, section 6)."""
        return self.outcome not in LEFT_OUT

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def result(self) -> Verdict:
        """The verdict as it counts: before a later answer it follows from how the case stands."""
        if self.outcome in LEFT_OUT:
            return Verdict.UNMEASURED
        if self.verdict is not None:
            return self.verdict
        return Verdict.UNMEASURED if self.outcome in NEVER_MEASURED else Verdict.PENDING

    def late_by(self, at: datetime) -> timedelta:
        """Give by how much an open case has missed its earliest deadline; zero when it hasn't."""
        return max(at - self.first_due, NO_TIME) if self.is_open and self.first_due else NO_TIME


def row_of(
    case: Case,
    at: datetime,
    *,
    acv: Decimal | None,
    segment: str,
    most_waiting: timedelta,
    flag_due: datetime | None = None,
) -> CaseRow:
    """Make the row of a case as it stands at `at`. `most_waiting`: the policy's pause.most."""
    progress, deadlines = case.progress, case.deadlines
    following = next_step(case, at)
    open_dues = [
        rung.due_at
        for rung in ladder_view(case, at)
        if rung.due_at and rung.state in {RungState.DUE, RungState.OVERDUE}
    ]
    waited = ((start, min(end, at)) for start, end in waiting(progress.pauses, most_waiting) if start < at)
    return CaseRow(
        id=case.id,
        programme=case.programme,
        state=case.state,
        submitted_at=case.submitted_at,
        assign_due=deadlines.assign,
        outreach_due=deadlines.outreach,
        outcome=case.outcome,
        closed_at=case.closed_at,
        flagged_at=case.flagged_at,
        flag_due=flag_due,
        assigned_at=case.assigned_at,
        contacted_at=progress.contacted_at,
        conversation_at=progress.conversation_at,
        conversation_due=deadlines.conversation,
        first_committed_at=progress.first_committed_at,
        action_due=deadlines.action,
        follow_up_at=progress.follow_up_at,
        follow_up_due=progress.follow_up_due,
        held=progress.held,
        honest_no=progress.action is not None and progress.action.kind is ActionKind.HONEST_NO,
        commitments=progress.commitments,
        slips=progress.slips,
        breaks=progress.breaks,
        skipped=case.sla.skipped,
        verdict=progress.verdict,
        account_id=case.account_id,
        acv=acv,
        segment=segment,
        tier=case.sla.tier,
        owner=case.owner,
        root_cause=progress.root_cause,
        waiting=total(waited),
        urgency=case.urgency,
        next_step=following.step if following else None,
        next_due=following.due_at if following else None,
        first_due=min(open_dues, default=None),
    )
