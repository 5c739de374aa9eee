"""The ladder as people see it: done, due, overdue, not needed."""

from dataclasses import replace
from datetime import datetime, timedelta

from recovery.cases.case import Case, Outcome, State
from recovery.cases.ladder import commit_action, log_conversation, log_follow_up, log_outreach
from recovery.cases.rungs import NO_TIME, RungState, ladder_view, next_step
from recovery.cases.steps import Step
from tests.recovery.step_values import CALLED, CASE, DAY, HELD, HOUR, PRIYA, PROMISE, RULES, SPOKE, SUBMITTED, Book

LATER = SUBMITTED + 45 * DAY
COMMITTED = SUBMITTED + 4 * DAY
CLOSED = replace(CASE, state=State.CLOSED, closed_at=LATER, outcome=Outcome.CHURNED)


def _rungs(case: Case, at: datetime) -> dict[Step, RungState]:
    return {rung.step: rung.state for rung in ladder_view(case, at)}


def _next_due(case: Case) -> datetime | None:
    rung = next_step(case, SUBMITTED)
    return rung.due_at if rung else None


def test_the_ladder_from_open_to_done() -> None:
    book = Book()
    due, done, not_needed, overdue = RungState.DUE, RungState.DONE, RungState.NOT_NEEDED, RungState.OVERDUE
    at = SUBMITTED + 2 * HOUR
    assert list(_rungs(book.case, at).values()) == [done, done, due, due, due, not_needed]
    assert _next_due(book.case) == SUBMITTED + 2 * DAY
    assert list(_rungs(book.case, SUBMITTED + 8 * DAY).values()) == [done, done, overdue, overdue, due, not_needed]
    late = next_step(book.case, SUBMITTED + 8 * DAY)
    assert late is not None
    assert (late.step, late.late_by, late.why) == (Step.OUTREACH, 6 * DAY, book.case.deadlines.outreach_why)

    book.save(log_conversation(book.case, SPOKE, PRIYA, COMMITTED, RULES))
    book.save(commit_action(book.case, PROMISE, PRIYA, COMMITTED, RULES))
    assert list(_rungs(book.case, COMMITTED).values()) == [done, done, done, done, done, due]
    assert _next_due(book.case) == COMMITTED + 30 * DAY
    assert _rungs(book.case, LATER)[Step.FOLLOW_UP] is overdue
    book.save(log_follow_up(book.case, HELD, PRIYA, LATER, RULES))
    assert set(_rungs(book.case, LATER).values()) == {done}
    assert next_step(book.case, LATER) is None
    assert _next_due(book.case) is None
    assert ladder_view(book.case, LATER)[5].late_by == HELD.happened_at - COMMITTED - 30 * DAY


def test_a_deadline_is_kept_until_the_very_moment_it_ends() -> None:
    due_at = CASE.deadlines.outreach
    assert _rungs(CASE, due_at)[Step.OUTREACH] is RungState.DUE
    assert _rungs(CASE, due_at + timedelta(microseconds=1))[Step.OUTREACH] is RungState.OVERDUE
    kept = log_outreach(CASE, replace(CALLED, happened_at=due_at), PRIYA, LATER, RULES).case
    assert ladder_view(kept, LATER)[2].late_by == NO_TIME


def test_a_closed_case_needs_nothing_more() -> None:
    rungs = _rungs(CLOSED, LATER)
    assert rungs[Step.ASSIGN] is RungState.DONE
    assert {rungs[step] for step in list(Step)[2:]} == {RungState.NOT_NEEDED}
    assert next_step(CLOSED, LATER) is None


def test_a_case_from_before_these_steps_has_no_deadline_for_them() -> None:
    old = replace(CASE, deadlines=replace(CASE.deadlines, conversation=None, action=None))
    rungs = ladder_view(old, LATER)
    assert [(rung.state, rung.due_at) for rung in rungs[3:5]] == [(RungState.DUE, None)] * 2
