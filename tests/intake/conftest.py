"""The intake's tests look at what becomes of an answer, not at how fast Slack may be spoken to."""

from datetime import timedelta

import pytest

from recovery import pacing
from recovery.pacing import Pace


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "POST", Pace(timedelta(0)))
    monkeypatch.setattr(pacing, "TIER_3", Pace(timedelta(seconds=0.01), burst=1000))
