"""A programme's week in counts."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Outcome, State
from recovery.cases.rungs import RungState, ladder_view
from recovery.cases.steps import Step
from recovery.figures.contacted import Reached
from recovery.figures.week import Open, WeekFigures, open_now, opened_in_week
from tests.support.briefs import CASE, CLAIMED, COMMITTED, CONTACTED, HELD, NOW, at_step

HOUR = timedelta(hours=1)
KINDS = {
    "open": CASE,
    "outreach": CLAIMED.case,
    "conversation": at_step(CONTACTED).case,
    "follow_up": at_step(COMMITTED).case,
    "done": at_step(HELD).case,
    "closed": replace(CLAIMED.case, state=State.CLOSED, outcome=Outcome.CHURNED, closed_at=NOW),
}


def test_cases_of_the_week_are_counted_as_the_playbook_says() -> None:
    due = NOW
    week = [
        Reached(due - HOUR, due),
        Reached(due + HOUR, due),
        Reached(None, due - HOUR),
        Reached(None, due + HOUR),
        Reached(None, due - HOUR, Outcome.DUPLICATE),
        Reached(due - HOUR, due, Outcome.WITHDRAWN),
    ]
    assert opened_in_week(week, NOW) == (4, 1, 3, 1)
    assert opened_in_week([], NOW) == (0, 0, 0, 0)


def test_open_cases_are_counted_by_what_is_next() -> None:
    at = CLAIMED.case.submitted_at + HOUR
    held = open_now(KINDS.values(), at)
    assert held == Open(
        total=5,
        unassigned=1,
        overdue=0,
        none_left=1,
        steps={Step.OUTREACH: 1, Step.CONVERSATION: 1, Step.FOLLOW_UP: 1},
    )
    late = open_now(KINDS.values(), at + timedelta(days=400))
    assert (late.total, late.overdue) == (5, 4)


@given(st.lists(st.sampled_from(list(KINDS))), st.integers(0, 4000))
def test_every_open_case_is_counted_once(names: list[str], hours: int) -> None:
    at = CASE.submitted_at + hours * HOUR
    cases = [KINDS[name] for name in names]
    held = open_now(cases, at)
    assert held.total == sum(name != "closed" for name in names)
    assert held.unassigned + held.none_left + sum(held.steps.values()) == held.total
    late = [case for case in cases if any(rung.state is RungState.OVERDUE for rung in ladder_view(case, at))]
    assert held.overdue == len(late)


def test_a_channel_without_cases_is_left_in_peace() -> None:
    quiet = WeekFigures(0, 0, 0, 0, Open(), 0, None)
    assert not quiet.says_anything
    assert replace(quiet, detractors=1).says_anything
    assert replace(quiet, open=Open(total=1)).says_anything
    assert replace(quiet, saved=1).says_anything
