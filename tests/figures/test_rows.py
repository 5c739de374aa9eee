"""The rows from which figures are made, where they need more than the case itself."""

from datetime import UTC, datetime

from recovery.policy import load_policy
from store import figures
from tests.clock.clocked import Clocked
from tests.clock.conftest import clock, here
from tests.recovery.policies import SOUND
from tests.store.conftest import db

__all__ = ["clock", "db", "here"]


async def test_a_flag_in_working_hours_is_due_by_the_programmes_calendar(here: Clocked) -> None:
    here.house.policy = load_policy(SOUND.replace('flag = "1h"', 'flag = "2 business hours"'))
    here.clock.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday; London works from nine on Monday
    await here.opens()
    async with here.db.read() as tx:
        (row,) = await figures.open_rows(tx, here.house.policy, ["relational"])
    assert row.flag_due == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
