"""Time as the tests of delivery need it: the same rules, shorter rests."""

from datetime import timedelta

import pytest

from recovery import pacing
from recovery.pacing import Pace
from scheduler import delivery, slack


@pytest.fixture
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without our own pacing, for tests that look at something else and run on a workspace without limits."""
    monkeypatch.setattr(pacing, "POST", Pace(timedelta(0)))
    monkeypatch.setattr(pacing, "TIER_3", Pace(timedelta(seconds=0.01), burst=1000))


@pytest.fixture
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure, a lost answer and a refused token, winback rests for moments instead of seconds."""
    monkeypatch.setattr(delivery, "DOUBT_REST", timedelta(seconds=0.2))
    monkeypatch.setattr(delivery, "LOCKED_OUT_REST", timedelta(seconds=1))
    monkeypatch.setattr(delivery, "backoff", lambda attempts: timedelta(seconds=0.1 * attempts))
    monkeypatch.setattr(slack, "PAUSE", timedelta(seconds=0.3))
