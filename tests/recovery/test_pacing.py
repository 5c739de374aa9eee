"""Pace: no window of Slack's limits ever holds more calls than Slack takes."""

import itertools
import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recovery import pacing
from recovery.pacing import Pace

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


def calls_of(pace: Pace, waits: list[float]) -> list[datetime]:
    """When calls go out if somebody wants one after each of these waits (seconds) and is held back by the lane."""
    at, free, made = START, START, []
    for wait in waits:
        at = max(at + timedelta(seconds=wait), pace.open_at(free))
        free = pace.after_call(free, at)
        made.append(at)
    return made


@given(st.lists(st.floats(0, 20), min_size=1, max_size=150))
def test_tier_3_never_sees_more_than_50_calls_in_a_minute(waits: list[float]) -> None:
    made = calls_of(pacing.TIER_3, waits)
    assert max(sum(1 for other in made if at <= other < at + MINUTE) for at in made) <= 50


@given(st.lists(st.floats(0, 5), min_size=1, max_size=150))
def test_tier_4_never_sees_more_than_100_calls_in_a_minute(waits: list[float]) -> None:
    made = calls_of(pacing.TIER_4, waits)
    assert max(sum(1 for other in made if at <= other < at + MINUTE) for at in made) <= 100


@given(st.integers(0, 10**9), st.floats(0, 0.3))
def test_the_workspace_never_sees_more_than_450_posts_in_a_minute(seed: int, most: float) -> None:
    dice = random.Random(seed)
    made = calls_of(pacing.WORKSPACE, [dice.uniform(0, most) for _ in range(900)])
    assert all(late - early >= MINUTE for early, late in zip(made, made[450:], strict=False))


@given(st.lists(st.floats(0, 3), min_size=2, max_size=60))
def test_posts_of_a_channel_are_a_second_apart(waits: list[float]) -> None:
    made = calls_of(pacing.POST, waits)
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(made))


def test_after_a_rest_a_burst_goes_at_once_and_no_more() -> None:
    made = calls_of(pacing.TIER_3, [0.0] * 12)
    assert [at - START for at in made[:10]] == [timedelta(0)] * 10
    assert made[10] - START == timedelta(seconds=1.5)


def test_backoff_doubles_up_to_five_minutes() -> None:
    assert [pacing.backoff(n).total_seconds() for n in (0, 1, 2, 3, 9, 10, 50)] == [1, 1, 2, 4, 256, 300, 300]
