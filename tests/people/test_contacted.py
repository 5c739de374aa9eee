"""Contacted in time, as the playbook defines it (section 6)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Outcome
from recovery.figures.contacted import Contacted, Reached, contacted_in_time, was_in_time

DUE = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EARLY, LATE = DUE - timedelta(hours=1), DUE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("contacted_at", "at", "verdict"),
    [
        (EARLY, EARLY, True),
        (DUE, LATE, True),
        (DUE + TICK, LATE, False),
        (None, EARLY, None),
        (None, DUE, None),
        (None, DUE + TICK, False),
    ],
)
def test_one_case(contacted_at: datetime | None, at: datetime, verdict: bool | None) -> None:
    assert was_in_time(Reached(contacted_at, DUE), at) is verdict


def test_withdrawn_and_duplicate_leave_both_sides() -> None:
    everything = [
        Reached(EARLY, DUE),
        Reached(LATE, DUE),
        Reached(None, DUE),
        Reached(None, LATE + timedelta(days=1)),
        *(Reached(EARLY, DUE, outcome) for outcome in Outcome),
    ]
    assert contacted_in_time(everything, LATE) == Contacted(in_time=6, decided=8, undecided=1)
    assert contacted_in_time([], LATE) == Contacted()


cases = st.builds(
    Reached,
    st.none() | st.sampled_from([EARLY, DUE, LATE]),
    st.sampled_from([DUE, LATE]),
    st.none() | st.sampled_from(list(Outcome)),
)


@given(st.lists(cases), st.sampled_from([EARLY, DUE, LATE]))
def test_time_decides_and_never_undecides(found: list[Reached], at: datetime) -> None:
    now, later = contacted_in_time(found, at), contacted_in_time(found, at + timedelta(days=9))
    assert now.in_time == later.in_time <= now.decided <= later.decided
    assert later.undecided == 0
    assert now.decided + now.undecided == later.decided
