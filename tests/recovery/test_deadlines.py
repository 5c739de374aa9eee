"""Deadlines follow the ladder, and say how."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.calendar import elapsed
from recovery.clock.sla import day_words, deadlines, due
from recovery.policy.file import load_policy
from tests.recovery.policies import SOUND, bent, sound

SUBMITTED = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)  # a Friday


def test_the_owner_is_due_in_working_hours_and_outreach_by_the_clock() -> None:
    policy = sound()
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED + timedelta(minutes=1))
    assert found.assign == datetime(2026, 11, 23, 9, 36, tzinfo=UTC)
    assert found.outreach == datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    assert found.assign_why == (
        "Owner due Mon 23 Nov 2026 09:36 (Europe/London): 4 business hours after the flag on Fri 20 Nov 2026 14:06; "
        'only the hours of the calendar "office" count.'
    )
    assert found.outreach_why == (
        "Outreach due Sun 22 Nov 2026 14:05 (Europe/London): 48 hours after the submission on Fri 20 Nov 2026 14:05; "
        "every hour counts."
    )


def test_the_sentence_is_in_the_calendars_own_time() -> None:
    policy = load_policy(SOUND.replace("Europe/London", "Asia/Kolkata"))
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED)
    assert found.outreach == datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    assert "Outreach due Sun 22 Nov 2026 19:35 (Asia/Kolkata)" in found.outreach_why


def test_an_old_answer_says_that_it_is_late() -> None:
    policy = sound()
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED + timedelta(hours=48))
    assert found.outreach_why.endswith("every hour counts. It had passed when the case was opened.")
    just = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED + timedelta(hours=47))
    assert just.outreach_why.endswith("every hour counts.")


def test_either_limit_may_run_on_either_clock() -> None:
    text = bent('flag = "1h"', 'flag = "1h"\nassign = "30 minutes"').replace('"48h"', '"8 business hours"')
    policy = load_policy(text)
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED)
    assert found.assign == SUBMITTED + timedelta(minutes=30)
    assert found.outreach == datetime(2026, 11, 23, 14, 35, tzinfo=UTC)
    assert "30 minutes after the flag" in found.assign_why
    assert "every hour counts" in found.assign_why
    assert (
        '8 business hours after the submission on Fri 20 Nov 2026 14:05; only the hours of the calendar "office"'
        in (found.outreach_why)
    )


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_deadlines_hold_for_every_moment(submitted: datetime, delay: timedelta) -> None:
    policy = sound()
    found = deadlines(policy, policy.programmes["relational"], submitted, submitted + delay)
    assert found.outreach - submitted == timedelta(hours=48)
    assert elapsed(policy.calendars["office"], submitted + delay, found.assign) == timedelta(hours=4)
    assert found.assign.tzinfo is UTC
    assert found.outreach.tzinfo is UTC
    assert ("had passed" in found.outreach_why) == (delay >= timedelta(hours=48))


@pytest.mark.parametrize("limit", ["assign", "outreach"])
def test_a_clock_never_starts_at_a_naive_time(limit: str) -> None:
    policy = sound()
    with pytest.raises(ValueError, match="without a zone"):
        due(policy.calendars["office"], datetime(2026, 11, 20), getattr(policy.ladder, limit))  # noqa: DTZ001 - naive on purpose


def test_days_are_written_as_people_do() -> None:
    assert day_words(date(2026, 12, 2), date(2026, 11, 21)) == "2 Dec"
    assert day_words(date(2027, 1, 10), date(2026, 11, 21)) == "10 Jan 2027"
