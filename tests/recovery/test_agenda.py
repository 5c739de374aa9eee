"""What stands in an owner's morning digest, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Case, Outcome, State, Urgency
from recovery.cases.progress import Pause, Progress
from recovery.clock.agenda import Reason, agenda
from tests.support.briefs import CLAIMED

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_ENDS = datetime(2026, 11, 24, tzinfo=UTC)


def case(number: int, due_in: float, *, urgency: Urgency = Urgency.NORMAL, progress: Progress | None = None) -> Case:
    """A claimed case whose outreach is due so many hours from now."""
    deadlines = replace(CLAIMED.case.deadlines, outreach=AT + due_in * HOUR)
    return replace(
        CLAIMED.case, id=number, urgency=urgency, deadlines=deadlines, progress=progress or Progress(), version=3
    )


def listed(*cases: Case, escalated: tuple[int, ...] = ()) -> list[tuple[int, Reason]]:
    return [(point.case.id, point.reason) for point in agenda(cases, escalated, AT, DAY_ENDS)]


@pytest.mark.parametrize(
    ("due_in", "reason"),
    [(-48, Reason.OVERDUE), (-0.01, Reason.OVERDUE), (0, Reason.TODAY), (15.5, Reason.TODAY), (15.51, None)],
)
def test_what_is_overdue_or_due_today_stands_there(due_in: float, reason: Reason | None) -> None:
    assert listed(case(1, due_in)) == ([(1, reason)] if reason else [])


def test_a_quiet_day_holds_nothing() -> None:
    assert agenda([], (), AT, DAY_ENDS) == ()
    over = replace(case(1, -5), state=State.CLOSED, outcome=Outcome.RECOVERED, closed_at=AT)
    assert listed(over, case(2, 40), escalated=(1,)) == []


def test_the_most_pressing_stands_first() -> None:
    cases = [
        case(1, 3),
        case(2, -5),
        case(3, 2),
        case(4, -1),
        case(5, 9, urgency=Urgency.CRITICAL),
        case(6, -30),
        case(7, -9, urgency=Urgency.CRITICAL),
    ]
    assert listed(*cases, escalated=(4,)) == [
        (7, Reason.OVERDUE),
        (5, Reason.TODAY),
        (4, Reason.ESCALATED),
        (6, Reason.OVERDUE),
        (2, Reason.OVERDUE),
        (3, Reason.TODAY),
        (1, Reason.TODAY),
    ]


@pytest.mark.parametrize(
    ("until", "ended", "reason"),
    [
        (AT + 5 * HOUR, None, Reason.BACK),
        (AT + 30 * HOUR, None, None),
        (AT + 30 * HOUR, AT - HOUR, Reason.OVERDUE),  # resumed this morning
        (AT - HOUR, None, Reason.OVERDUE),
    ],
)
def test_a_case_that_waits_stands_there_on_the_day_its_waiting_ends(
    until: datetime, ended: datetime | None, reason: Reason | None
) -> None:
    waiting = Progress(pauses=(Pause(AT - 20 * HOUR, until, "On holiday", ended),))
    assert listed(case(1, -3, progress=waiting), escalated=(1,) if reason is None else ()) == (
        [(1, reason)] if reason else []
    )


@pytest.mark.parametrize(("until", "stands"), [(AT + 48 * HOUR, False), (DAY_ENDS, True), (AT - HOUR, True)])
def test_what_is_put_off_beyond_today_is_left_out(until: datetime, stands: bool) -> None:
    assert bool(listed(case(1, -3, progress=Progress(snoozed_until=until)), escalated=(1,))) is stands


@given(
    st.lists(
        st.tuples(st.floats(-200, 200), st.sampled_from(Urgency), st.booleans()),
        max_size=20,
    )
)
def test_each_case_stands_there_once_at_most_and_critical_ones_lead(
    drawn: list[tuple[float, Urgency, bool]],
) -> None:
    cases = [case(number, hours, urgency=urgency) for number, (hours, urgency, _) in enumerate(drawn, start=1)]
    escalated = {number for number, (_, _, is_escalated) in enumerate(drawn, start=1) if is_escalated}
    points = agenda(cases, escalated, AT, DAY_ENDS)
    numbers = [point.case.id for point in points]
    assert len(numbers) == len(set(numbers))
    assert escalated <= set(numbers)
    assert {each.id for each in cases if each.deadlines.outreach <= DAY_ENDS} <= set(numbers)
    urgent = [point.case.urgency is Urgency.CRITICAL for point in points]
    assert urgent == sorted(urgent, reverse=True)
