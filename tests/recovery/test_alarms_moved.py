"""A deadline that moves past what was said of it is missed anew, once; nobody hears of it before.

Hours count from the submission, Friday 20 Nov 2026 14:05 UTC.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from recovery.cases.case import Case, Outcome, claim, release, withdraw
from recovery.cases.closing import reopen
from recovery.cases.steps import Step
from recovery.clock.alarms import LATE, Level, alarms, is_current, occurrence
from recovery.clock.sla import retimed
from tests.recovery.alarm_book import CALENDARS, FREE, OUTREACH_ONLY, Alarms, after, keys
from tests.recovery.step_values import POLICY, PRIYA, PROGRAMME, SUBMITTED

LEAD = "U0MARCUS"
ANEW = 100_000  # what each move past the last word adds to the occurrence
RULES = POLICY.escalation


def limited(case: Case, outreach: str) -> Case:
    """The case in another tier, or under another policy that was applied to it."""
    return retimed(POLICY, PROGRAMME, CALENDARS, replace(case, sla=replace(case.sla, outreach=outreach)))


def reopened(case: Case, withdrawn_at: datetime, at: datetime) -> Case:
    closed = withdraw(case, Outcome.WITHDRAWN, "It was a test.", LEAD, withdrawn_at).case
    return retimed(POLICY, PROGRAMME, CALENDARS, reopen(closed, "It was none.", LEAD, at).case)


def of(step: Step, heard: list[tuple[float, str]]) -> list[tuple[float, str]]:
    return [each for each in heard if each[1].startswith(step.value)]


@pytest.mark.parametrize("until", [68, 92])
def test_a_case_that_is_reopened_asks_for_an_owner_from_the_start(until: float) -> None:
    """The breach had been said, or the executive had been told too, when it was withdrawn."""
    book = Alarms()
    book.walk(FREE, SUBMITTED, after(until))
    case = reopened(FREE, after(100), after(144))
    assert case.deadlines.assign == after(163.5)
    # What the other steps missed while it was closed is said at once.
    assert Step.ASSIGN not in {alarm.step for alarm in book.ring(case, after(144)).raises}
    # From Thursday 14:05 the half of four hours is over at 16:05, the most of them at 17:17.
    heard = of(Step.ASSIGN, book.walk(case, after(144), after(188)))
    assert heard == [
        (146, "assign nudge 1"),
        (147.2, "assign urge 1"),
        (163.5, "assign breach 1"),
        (187.5, "assign executive 1"),
    ]


def test_each_stay_in_the_channel_is_another_one() -> None:
    case, seen = FREE, [occurrence(FREE, Step.ASSIGN)]
    for number in range(1, 7):
        at = after(100 * number)
        comes_back = number % 3 != 0
        case = reopened(case, at, at) if comes_back else release(claim(case, PRIYA, at).case, PRIYA, at).case
        seen.append(occurrence(case, Step.ASSIGN))
    assert len(set(seen)) == len(seen)


def test_who_keeps_a_case_that_is_reopened_has_it_once_more() -> None:
    held = claim(FREE, PRIYA, after(1)).case
    assert occurrence(reopened(held, after(2), after(3)), Step.ASSIGN) == 2


@pytest.mark.parametrize("until", [60, 80, 100])
def test_a_limit_that_is_extended_is_missed_anew(until: float) -> None:
    """The breach, the executive's alarm or a repeat had been said."""
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(until))
    longer = limited(OUTREACH_ONLY, "168h")
    assert book.next(longer, after(until)) == after(168)
    assert book.walk(longer, after(until), after(10_000)) == [
        (168, f"outreach breach {ANEW}"),
        (192, f"outreach executive {ANEW}"),
        (216, f"outreach again {10 * ANEW + 1}"),
        (240, f"outreach again {10 * ANEW + 2}"),
        (264, f"outreach again {10 * ANEW + 3}"),
    ]


def test_an_outage_over_the_new_deadline_speaks_once() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(60))
    longer = limited(OUTREACH_ONLY, "168h")
    due = book.ring(longer, after(300))
    assert [alarm.level for alarm in due.raises] == [Level.EXECUTIVE, Level.BREACH]
    assert book.ring(longer, after(300)).raises == ()


def test_it_moves_as_often_as_it_likes() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(60))
    for number, (limit, until) in enumerate([(100, 130), (150, 180), (200, 204)], start=1):
        moved = limited(OUTREACH_ONLY, f"{limit}h")
        heard = book.walk(moved, after(limit - 20), after(until))
        assert heard[0] == (limit, f"outreach breach {number * ANEW}")


def test_a_move_back_goes_on_where_it_was() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(60))
    assert book.next(limited(OUTREACH_ONLY, "168h"), after(60)) == after(168)
    assert book.walk(OUTREACH_ONLY, after(65), after(73)) == [(72, "outreach executive 0")]


def test_a_move_that_the_last_word_has_outrun_is_no_news() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(80))
    later = limited(OUTREACH_ONLY, "60h")
    assert book.walk(later, after(80), after(97)) == [(96, "outreach again 1")]
    assert f"outreach breach {ANEW}" not in keys(book.raised)


def test_what_was_said_of_another_deadline_is_not_of_now() -> None:
    """Which of the alarms are about the step as it is due now; the others concern nobody any more."""
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(100))
    longer = limited(OUTREACH_ONLY, "168h")
    said_before = list(book.raised)
    assert all(is_current(OUTREACH_ONLY, each) for each in said_before)
    assert {each.level for each in said_before if not is_current(longer, each)} == LATE
    book.walk(longer, after(100), after(220))
    assert all(is_current(longer, each) for each in book.raised if each not in said_before)
    assert {each.level for each in book.raised if each not in said_before} == LATE


def test_what_was_said_of_an_earlier_stay_in_the_channel_is_not_of_now() -> None:
    book = Alarms()
    book.walk(FREE, SUBMITTED, after(92))
    case = reopened(FREE, after(100), after(144))
    assert not [each for each in book.raised if each.step is Step.ASSIGN and is_current(case, each)]


def test_nobody_is_blamed_before_the_deadline_that_people_see() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, SUBMITTED, after(100))
    longer = limited(OUTREACH_ONLY, "168h")
    early = [each for each in alarms(POLICY, CALENDARS, longer, book.raised) if each.due_at < longer.deadlines.outreach]
    assert early == []
