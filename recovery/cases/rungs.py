"""The ladder as people see it: what is done, what is due, what is late (playbook, section 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from recovery.cases.case import Case, State
from recovery.cases.steps import Step

NO_TIME = timedelta(0)


class RungState(StrEnum):
    """`not_needed`: the case closed without it, its tier does without it, or there is no action to follow up on."""

    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a case. Times are aware UTC; `why` explains `due_at`.

    `late_by`: by how much a done step missed its deadline, or an overdue one has missed it so far; zero otherwise.
    `due_at` is None where nothing is due: the flag's limit is the bot's own, a follow-up starts with its action.
    """

    step: Step
    state: RungState
    done_at: datetime | None = None
    due_at: datetime | None = None
    why: str = ""
    late_by: timedelta = NO_TIME


def is_needed(case: Case, step: Step) -> bool:
    """Whether the case's tier asks for this step. What was promised all the same is kept and asked about."""
    skipped = case.sla.skipped
    if step not in skipped:
        return True
    promised = case.progress.commitments > 0 and Step.ACTION in skipped
    return promised and step in {Step.ACTION, Step.FOLLOW_UP}


def ladder_view(case: Case, at: datetime) -> tuple[Rung, ...]:
    """Give all six steps in order, as they stand at `at`."""
    progress, deadlines = case.progress, case.deadlines
    action_at = progress.action.committed_at if progress.action and progress.action_stands else None
    again = progress.action_again_due
    action_due, action_why = (again, progress.action_again_why) if again else (deadlines.action, deadlines.action_why)
    return (
        _rung(case, at, Step.FLAG, case.flagged_at, None, ""),
        _rung(case, at, Step.ASSIGN, case.assigned_at, deadlines.assign, deadlines.assign_why),
        _rung(case, at, Step.OUTREACH, progress.contacted_at, deadlines.outreach, deadlines.outreach_why),
        _rung(
            case, at, Step.CONVERSATION, progress.conversation_at, deadlines.conversation, deadlines.conversation_why
        ),
        _rung(case, at, Step.ACTION, action_at, action_due, action_why),
        _rung(
            case,
            at,
            Step.FOLLOW_UP,
            progress.follow_up_at if progress.held else None,
            progress.follow_up_due if progress.action_stands else None,
            progress.follow_up_why,
        ),
    )


def next_step(case: Case, at: datetime) -> Rung | None:
    """Give the first step that is not done; None when all are, and for a closed case.

    The flag is the bot's, so it is never anybody's next step.
    """
    if case.state is State.CLOSED:
        return None
    open_ones = (
        rung
        for rung in ladder_view(case, at)
        if rung.step is not Step.FLAG and rung.state in {RungState.DUE, RungState.OVERDUE}
    )
    return next(open_ones, None)


def _rung(case: Case, at: datetime, step: Step, done_at: datetime | None, due_at: datetime | None, why: str) -> Rung:
    if done_at is not None:
        late_by = max(done_at - due_at, NO_TIME) if due_at else NO_TIME
        return Rung(step, RungState.DONE, done_at, due_at, why, late_by)
    nothing_to_ask = step is Step.FOLLOW_UP and not case.progress.action_stands
    if case.state is State.CLOSED or nothing_to_ask or not is_needed(case, step):
        return Rung(step, RungState.NOT_NEEDED)
    if due_at is not None and at > due_at:
        return Rung(step, RungState.OVERDUE, None, due_at, why, at - due_at)
    return Rung(step, RungState.DUE, None, due_at, why)
