"""A person who can't be told rests for a while; everybody else hears, and what waits is said once it works."""

import logging
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.flows.clock import speaking
from bot.house import House
from store.engine import Tx
from tests.clock.clocked import ELENA, PRIYA, Clocked

speaks = speaking.speak
REST = timedelta(minutes=10)


class Broken:
    """Speaks to everybody but one person, until it is mended; counts how often it was asked for each."""

    def __init__(self, user: str, error: Exception) -> None:
        self.user = user
        self.error: Exception | None = error
        self.asked: Counter[str] = Counter()

    async def __call__(self, tx: Tx, house: House, user: str) -> int | None:
        self.asked[user] += 1
        if user == self.user and self.error:
            raise self.error
        return await speaks(tx, house, user)


async def breached(here: Clocked) -> None:
    """Something is to be said to the owner and to the manager."""
    await here.owned()
    here.clock.move(hours=49)
    while await here.deadlines.step():
        pass


async def test_the_others_hear_and_the_person_is_not_tried_all_the_time(
    here: Clocked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await breached(here)
    broken = Broken(PRIYA, RuntimeError("a message that can't be made"))
    monkeypatch.setattr(speaking, "speak", broken)
    for _ in range(5):
        await here.speaker.step()
    assert broken.asked == {PRIYA: 1, ELENA: 1}
    assert len(await here.bulletins(ELENA)) == 1
    assert await here.bulletins(PRIYA) == []
    assert caplog.text.count(f"{PRIYA} could not be told") == 1
    here.clock.real += REST
    await here.speaker.step()
    assert broken.asked[PRIYA] == 2
    broken.error = None
    here.clock.real += REST - timedelta(seconds=1)
    assert await here.speaker.step() == 0
    here.clock.real += timedelta(seconds=1)
    assert await here.speaker.step() == 1
    (bulletin,) = await here.bulletins(PRIYA)
    assert len(await here.said(bulletin)) == 1
    assert await here.speaker.step() == 0


async def test_somebody_who_rests_hears_nothing_of_a_new_case_before_either(
    here: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await breached(here)
    broken = Broken(PRIYA, RuntimeError("a message that can't be made"))
    monkeypatch.setattr(speaking, "speak", broken)
    await here.speaker.step()
    await breached(here)
    await here.speaker.step()
    assert broken.asked[PRIYA] == 1
    broken.error = None
    here.clock.real += REST
    await here.speaker.step()
    (bulletin,) = await here.bulletins(PRIYA)
    assert len({case for case, _ in await here.said(bulletin)}) == 2


@pytest.mark.parametrize("error", [OperationalError("SELECT 1", {}, Exception("disk I/O error")), OSError("no route")])
async def test_a_database_that_fails_is_nobodys_fault(
    here: Clocked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """Ten minutes of silence for everybody after one broken connection would be worse than the breach."""
    caplog.set_level(logging.INFO)
    await breached(here)
    broken = Broken(PRIYA, error)
    monkeypatch.setattr(speaking, "speak", broken)
    await here.speaker.step()
    broken.error = None
    await here.speaker.step()
    assert broken.asked[PRIYA] == 2
    assert len(await here.bulletins(PRIYA)) == 1
