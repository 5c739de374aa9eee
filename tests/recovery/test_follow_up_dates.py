"""Deadlines of the later steps, and of the follow-up that starts with its action."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.clock.sla import deadlines, end_of_day, follow_up_due, is_working_day, working_day_after
from recovery.policy.file import Limit, load_policy
from recovery.policy.values import parse_limit
from tests.recovery.policies import SOUND, calendar, sound

OFFICE = sound().calendars["office"]
SUBMITTED = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
THIRTY = parse_limit("30d")


def test_conversation_and_action_run_from_the_submission() -> None:
    policy = sound()
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED + timedelta(days=8))
    assert found.conversation == SUBMITTED + timedelta(days=7)
    assert found.action == SUBMITTED + timedelta(days=14)
    assert found.conversation_why == (
        "Conversation due Fri 27 Nov 2026 14:05 (Europe/London): 7 days after the submission on "
        "Fri 20 Nov 2026 14:05; every hour counts. It had passed when the case was opened."
    )
    assert found.action_why.startswith("Action due Fri 4 Dec 2026 14:05 (Europe/London): 14 days after the submission")
    assert found.action_why.endswith("every hour counts.")


@pytest.mark.parametrize(
    ("action_due", "limit", "expected"),
    [
        (date(2026, 11, 30), "30d", datetime(2026, 12, 20, 14, 5, tzinfo=UTC)),
        (date(2026, 12, 17), "30d", datetime(2026, 12, 20, 14, 5, tzinfo=UTC)),  # Friday the 18th comes before
        (date(2026, 12, 18), "30d", datetime(2026, 12, 21, 17, 30, tzinfo=UTC)),  # over the weekend
        (date(2026, 12, 24), "30d", datetime(2026, 12, 28, 17, 30, tzinfo=UTC)),  # over a day off and a weekend
        (date(2027, 3, 29), "30d", datetime(2027, 3, 30, 16, 30, tzinfo=UTC)),  # summer time by then
        (date(2026, 11, 30), "8 business hours", datetime(2026, 12, 1, 17, 30, tzinfo=UTC)),
    ],
)
def test_the_follow_up_is_thirty_days_on_or_behind_the_date(action_due: date, limit: str, expected: datetime) -> None:
    found = follow_up_due(OFFICE, SUBMITTED, action_due, parse_limit(limit))
    assert found.at == expected
    behind = expected - SUBMITTED != timedelta(days=30)
    assert ("the end of the working day after the action's date" in found.why) == behind


def test_where_both_rules_give_the_same_moment_the_usual_one_is_told() -> None:
    found = follow_up_due(OFFICE, datetime(2026, 11, 23, 17, 30, tzinfo=UTC), date(2026, 12, 22), THIRTY)
    assert found.at == datetime(2026, 12, 23, 17, 30, tzinfo=UTC)
    assert "30 days after the action was committed" in found.why


def test_a_naive_commitment_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        follow_up_due(OFFICE, datetime(2026, 11, 20), date(2026, 12, 1), THIRTY)  # noqa: DTZ001 - naive on purpose


ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "America/Santiago", "Australia/Lord_Howe"]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.integers(0, 731),
    st.sampled_from([THIRTY, parse_limit("1h"), parse_limit("40 business hours")]),
)
def test_the_follow_up_is_never_before_the_limit_or_the_date(zone: str, at: datetime, days: int, limit: Limit) -> None:
    place = calendar(zone, mon=["00:00-24:00"], wed=["09:00-12:00", "13:00-17:00"])
    action_due = at.astimezone(place.zone_info).date() + timedelta(days=days)
    found = follow_up_due(place, at, action_due, limit)
    assert found.at.tzinfo is UTC
    assert found.at > at
    # The end of the day is the next one's midnight where work goes on until then.
    assert (found.at - timedelta(microseconds=1)).astimezone(place.zone_info).date() > action_due
    assert found.why.startswith("Follow-up due ")
    following = working_day_after(place, action_due)
    assert is_working_day(place, following)
    assert not any(
        is_working_day(place, action_due + timedelta(days=each)) for each in range(1, (following - action_due).days)
    )
    assert end_of_day(place, following) <= found.at


def test_policies_move_every_limit() -> None:
    text = SOUND.replace('outreach = "48h"', 'outreach = "4h"\nconversation = "2d"\naction = "40 business hours"')
    policy = load_policy(text)
    found = deadlines(policy, policy.programmes["relational"], SUBMITTED, SUBMITTED)
    assert found.conversation == SUBMITTED + timedelta(days=2)
    assert "40 business hours after the submission" in found.action_why
