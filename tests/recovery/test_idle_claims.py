"""Who takes a case and does nothing is asked, and then the case goes on.

Hours count from the submission, Friday 20 Nov 2026 14:05 UTC.
"""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from recovery.cases.case import Case, Urgency
from recovery.cases.ladder import log_outreach
from recovery.cases.steps import Outreach, OutreachResult, Step
from recovery.clock.alarms import Level, alarms
from recovery.clock.sla import Calendars
from recovery.policy.file import load_policy
from tests.recovery.alarm_book import (
    CALENDARS,
    FREE,
    OFFICE,
    OUTREACH_ONLY,
    OWNED,
    TAKEN,
    TRIED,
    Alarms,
    after,
    keys,
    progressed,
    ruled_by,
    said,
)
from tests.recovery.policies import SOUND, calendar
from tests.recovery.step_values import (
    CALLED,
    HOUR,
    POLICY,
    PRIYA,
    RULES,
    SUBMITTED,
    Book,
)


def test_an_idle_owner_is_asked_and_then_released() -> None:
    # Taken an hour after the submission: 47 hours left, of which 70 % are over after 33.9 and 90 % after 43.3 hours.
    early = replace(OWNED, deadlines=replace(OWNED.deadlines, outreach=after(49)))
    taken = progressed(early, held_since=after(1))
    always = calendar("UTC", **{day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    book = Alarms(load_policy(SOUND + '[quiet]\nhours = ""\n'), Calendars(OFFICE, always))
    assert book.walk(taken, SUBMITTED, after(49)) == [
        (24, "outreach nudge 0"),
        (34.6, "outreach idle 1"),
        (38.4, "outreach urge 0"),
        (44.2, "release"),
        (49, "outreach breach 0"),
    ]


def test_nobody_is_released_before_they_could_read_the_question() -> None:
    """Asked on Saturday night, they read it on Monday at eight; at nine the case goes on."""
    book = Alarms()
    heard = book.walk(OWNED, SUBMITTED, after(67))
    assert [each for each in heard if "idle" in each[1] or "release" in each[1]] == [
        (33.9, "outreach idle 1"),
        (66 + 55 / 60, "release"),
    ]


def test_nobody_is_released_before_it_is_day_where_they_live() -> None:
    """London's hours, a home in Los Angeles: what is asked on Tuesday at 10:30 UTC may be said there at 16:00."""
    held_since, deadline = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 24, 15, tzinfo=UTC)
    case = progressed(OWNED, held_since=held_since)
    case = replace(case, deadlines=replace(case.deadlines, outreach=deadline))
    for zone, released_at in (
        (None, datetime(2026, 11, 24, 13, 30, tzinfo=UTC)),
        (ZoneInfo("America/Los_Angeles"), datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
    ):
        book = Alarms(POLICY, Calendars(OFFICE, OFFICE, zone))
        book.ring(case, held_since)
        heard = book.walk(case, held_since, deadline + 5 * HOUR)
        assert (10.5, "outreach idle 1") in [((after(hours) - held_since) / HOUR, text) for hours, text in heard]
        assert [after(hours) for hours, text in heard if text == "release"] == [released_at]


def test_a_release_says_nothing_itself() -> None:
    book = Alarms()
    book.ring(OWNED, after(34))
    due = book.ring(OWNED, after(67))
    assert due.release
    assert said(due.speak) == "outreach breach 0"
    assert said(next(alarm for alarm in due.covered if alarm.level is Level.IDLE_RELEASE)) == "outreach idle_release 1"
    book = Alarms()
    untried = progressed(OUTREACH_ONLY, attempts=0)
    later = replace(untried, deadlines=replace(OWNED.deadlines, outreach=after(200)))
    book.ring(later, after(150))
    due = book.ring(later, after(181))
    assert due.release
    assert due.speak is None


@pytest.mark.parametrize(
    ("case", "because"),
    [
        (TRIED, "they tried"),
        (FREE, "nobody owns it"),
        (progressed(OWNED, contacted_at=after(3)), "the customer was contacted"),
        (progressed(OWNED, held_since=after(46.1)), "less than two hours were left"),
        (progressed(OWNED, held_since=after(60)), "it was late when they took it"),
    ],
)
def test_who_is_not_asked(case: Case, because: str) -> None:
    left = alarms(POLICY, CALENDARS, case, ())
    assert Level.IDLE not in {alarm.level for alarm in left}, because


def test_two_hours_are_worth_asking() -> None:
    late = progressed(OWNED, held_since=after(46))
    asked = next(alarm for alarm in alarms(POLICY, CALENDARS, late, ()) if alarm.level is Level.IDLE)
    assert asked.due_at == after(46) + 0.7 * 2 * HOUR


def test_no_question_no_release() -> None:
    assert not [text for _, text in ruled_by(idle_ask_at=0).walk(OWNED, SUBMITTED, after(100)) if "idle" in text]
    assert "outreach idle_release 1" not in keys(Alarms().raised)


def test_who_answers_keeps_the_case() -> None:
    book = Alarms()
    book.ring(OWNED, after(34))
    book.acknowledge(Step.OUTREACH, Level.IDLE, after(35), by=PRIYA)
    book.walk(OWNED, after(35), after(500))
    assert "outreach idle_release 1" not in keys(book.raised)


def test_who_was_never_asked_is_not_released_for_being_silent() -> None:
    """After an outage the breach speaks and covers the question."""
    book = Alarms()
    assert said(book.ring(OWNED, after(50)).speak) == "outreach breach 0"
    assert "outreach idle 1" in keys(book.raised)
    book.walk(OWNED, after(50), after(500))
    assert "outreach idle_release 1" not in keys(book.raised)


def test_each_owner_is_asked_anew() -> None:
    book = Alarms()
    book.ring(OWNED, after(34))
    next_owner = progressed(OWNED, hands=2, held_since=after(36))
    assert (44.4, "outreach idle 2") in book.walk(next_owner, after(36), after(47))


def test_a_missing_start_is_when_the_first_owner_took_it() -> None:
    before = progressed(OWNED, held_since=None)
    assert alarms(POLICY, CALENDARS, before, ()) == alarms(POLICY, CALENDARS, OWNED, ())
    assert before.assigned_at == TAKEN


def test_what_is_critical_is_asked_for_and_released_at_night_if_the_policy_says_so() -> None:
    policy = load_policy(SOUND + "[quiet]\ncritical_crosses = true\n")
    critical = replace(OWNED, urgency=Urgency.CRITICAL)
    heard = Alarms(policy).walk(critical, SUBMITTED, after(48))
    assert (43.3, "release") in heard


def test_an_attempt_that_bounced_is_an_attempt() -> None:
    book = Book(OWNED)
    bounced = Outreach(CALLED.channel, after(5), OutreachResult.BOUNCED)
    book.save(log_outreach(book.case, bounced, PRIYA, after(6), RULES))
    levels = {(alarm.step, alarm.level) for alarm in alarms(POLICY, CALENDARS, book.case, ())}
    assert (Step.OUTREACH, Level.IDLE) not in levels
    assert (Step.OUTREACH, Level.BREACH) in levels
