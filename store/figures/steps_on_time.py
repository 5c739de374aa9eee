"""Steps done within their limits, of the cases of a period for which that is decided (playbook, section 6)."""

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from recovery.cases.case import Outcome, State
from recovery.cases.steps import FollowUpResult, Step
from recovery.clock.sla import due
from recovery.figures import case_figures
from recovery.figures.case_figures import OnTime
from recovery.figures.case_row import CaseRow
from recovery.figures.share import Share
from recovery.policy.file import Policy
from store.columns import Utc
from store.engine import Tx
from store.figures.case_counts import Values, values_of, within
from store.figures.case_terms import counts, how_many, moment, needs, result_is, said, since
from store.tables import cases

IN_TIME, LATE, UNDECIDED = "in_time", "late", "undecided"


async def steps_on_time(tx: Tx, policy: Policy, programme: str, start: datetime, end: datetime) -> dict[Step, OnTime]:
    """Every step in the ladder's order, as recovery.figures.case_figures.steps_on_time counts them.

    The cases are those submitted from `start` until before `end` (aware UTC). A programme that the policy doesn't have
    any more has no limit of the flag, and so nothing to say of it.
    """
    values = values_of(tx, [programme], start, end)
    told = (await tx.conn.execute(_steps(tx.postgres), values)).mappings().one()
    found = {Step.FLAG: await _flags(tx, policy, programme, values)}
    for step in _COUNTED:
        in_time, late, undecided = (told[f"{step.value}_{kind}"] for kind in (IN_TIME, LATE, UNDECIDED))
        found[step] = OnTime(Share(in_time, in_time + late), undecided)
    return found


async def _flags(tx: Tx, policy: Policy, programme: str, values: Values) -> OnTime:
    """No calendar gives less time than the limit itself, so who kept that is in time; the others are looked at."""
    if programme not in policy.programmes:
        return OnTime()
    limit, calendar = policy.ladder.flag, policy.calendar_of(policy.programmes[programme])
    soon = since(cases.c.submitted_at, cases.c.flagged_at, limit.amount, tx.postgres)
    asked = sa.and_(within(), counts(), needs(Step.FLAG))
    in_time = int(await tx.conn.scalar(sa.select(sa.func.count()).where(asked, soon), values) or 0)
    others = sa.select(cases.c.submitted_at, cases.c.flagged_at, cases.c.closed_at, cases.c.outcome).where(
        asked, sa.or_(cases.c.flagged_at.is_(None), sa.not_(soon))
    )
    rows = [
        CaseRow(
            id=0,
            programme=programme,
            state=State.CLOSED if closed_at else State.OPEN,
            submitted_at=submitted_at,
            assign_due=submitted_at,
            outreach_due=submitted_at,
            outcome=Outcome(outcome) if outcome else None,
            closed_at=closed_at,
            flagged_at=flagged_at,
            flag_due=due(calendar, submitted_at, limit),
        )
        for submitted_at, flagged_at, closed_at, outcome in await tx.conn.execute(others, values)
    ]
    rest = case_figures.steps_on_time(rows, tx.now)[Step.FLAG]
    return OnTime(Share(in_time, in_time) + rest.share, rest.undecided)


_COUNTED = (Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP)


@cache
def _steps(postgres: bool) -> sa.Select[Any]:
    """Of each step but the flag how many are in time, late and undecided, each under a name of its own."""
    # Worked out once for each case, since each moment is used several times.
    known = _known(postgres).cte("known").prefix_with("MATERIALIZED")
    now = sa.bindparam("now", type_=Utc())
    columns: list[sa.ColumnElement[Any]] = []
    for step in _COUNTED:
        done, limit = known.c[f"{step.value}_done"], known.c[f"{step.value}_due"]
        # Closing a case contacts nobody; every other step is not missed any more once the case is over.
        over = sa.false() if step is Step.OUTREACH else sa.and_(done.is_(None), known.c.closed_at <= limit)
        applies = sa.and_(limit.is_not(None), sa.not_(sa.func.coalesce(over, sa.false())))
        kinds = {
            IN_TIME: done <= limit,
            LATE: sa.or_(done > limit, sa.and_(done.is_(None), limit < now)),
            UNDECIDED: sa.and_(done.is_(None), limit >= now),
        }
        columns += [how_many(sa.and_(applies, kind)).label(f"{step.value}_{name}") for name, kind in kinds.items()]
    return sa.select(*columns)


def _known(postgres: bool) -> sa.Select[Any]:
    """Of each case in the figures when each step was done, and until when it was due; NULL where it isn't needed."""
    held = result_is(FollowUpResult.HELD.value)
    done_and_due = {
        Step.ASSIGN: (cases.c.assigned_at, cases.c.assign_due),
        Step.OUTREACH: (cases.c.contacted_at, cases.c.outreach_due),
        Step.CONVERSATION: (moment(said("conversation_at"), postgres), cases.c.conversation_due),
        Step.ACTION: (moment(said("first_committed_at"), postgres), cases.c.action_due),
        Step.FOLLOW_UP: (
            sa.case((held, moment(said("follow_up_at"), postgres)), else_=sa.null()),
            moment(said("follow_up_due"), postgres),
        ),
    }
    columns: list[sa.ColumnElement[Any]] = [cases.c.closed_at]
    for step, (done, limit) in done_and_due.items():
        asked = limit if step is Step.OUTREACH else sa.case((needs(step), limit), else_=sa.null())
        columns += [done.label(f"{step.value}_done"), asked.label(f"{step.value}_due")]
    return sa.select(*columns).where(within(), counts())
