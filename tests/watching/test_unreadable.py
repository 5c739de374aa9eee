"""A case that can't be read, or on which the rules fail, is counted, told and tried again, and hides no other."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flows.watching.auditing import Finding
from bot.views.watching import SENTENCES
from scheduler.auditor import Auditor
from store.cases.timers import TimerKind
from store.tables import cases as case_rows
from store.tables import events, outbox, timers
from tests.story.acting import PRIYA, Acting
from tests.story.steps.working import logs, owned
from tests.support.shown import settled
from tests.support.story import words_of
from tests.watching.audited import change, found, opened, rows
from tests.watching.conftest import Watched, watched

SAM = "U0SAM"


@pytest.mark.parametrize(
    "spoiled", [{"sla": {"outreach": "no limit"}}, {"urgency": "?"}], ids=["the rules fail", "the row can't be read"]
)
async def test_a_case_that_can_not_be_read_hides_no_other(
    database_url: str, tmp_path: Path, spoiled: dict[str, Any]
) -> None:
    async with watched(database_url, tmp_path) as it:
        for number in range(3):
            await opened(it, email=f"c{number}@customer.example", account_id=f"acc-{number}")
        auditor = Auditor(it.bot.db, it.bot.house)
        assert await found(auditor) == {}
        (before,) = await rows(it, case_rows, case_rows.c.id == 2)
        await change(it, sa.update(case_rows).where(case_rows.c.id == 2).values(**spoiled))
        await change(it, sa.delete(timers))
        assert await found(auditor) == {Finding.CLOCK: 2, Finding.UNREADABLE: 1}
        assert {row["case_id"] for row in await rows(it, timers)} == {1, 3}
        # Each audit tries again, and counts it again; the admin hears of it once a day.
        assert await found(auditor) == {Finding.UNREADABLE: 1}
        assert auditor.total[Finding.UNREADABLE] == 2
        await settled(it)
        sentence = SENTENCES["unreadable"].format(many=1)
        assert [sentence in words for words in map(words_of, it.workspace.dms(SAM))].count(True) == 1
        mended = {column: before[column] for column in spoiled}
        await change(it, sa.update(case_rows).where(case_rows.c.id == 2).values(**mended))
        assert await found(auditor) == {Finding.CLOCK: 1}
        assert await found(auditor) == {}


async def test_an_action_whose_case_can_not_be_read_hides_no_other(sqlite_db: str, tmp_path: Path) -> None:
    async with watched(sqlite_db, tmp_path) as it:
        acting = Acting(it)
        await opened(it, email="lee@fabrikam.example", account_id="acc-2")
        case = await owned(acting)
        await logs(acting, PRIYA, case, "action")
        await settled(it)
        auditor = Auditor(it.bot.db, it.bot.house)
        assert await found(auditor) == {}
        other = sa.update(case_rows).where(case_rows.c.id != case.id)
        await change(it, other.values(urgency="?"))
        await change(it, sa.delete(timers).where(timers.c.kind == TimerKind.FOLLOW_UP.value))
        assert await found(auditor) == {Finding.FOLLOW_UP: 1, Finding.UNREADABLE: 1}


async def test_a_card_that_can_not_be_drawn_is_tried_until_it_can(watch: Watched) -> None:
    for number in range(3):
        await opened(watch, email=f"c{number}@customer.example", account_id=f"acc-{number}")
    auditor = Auditor(watch.bot.db, watch.bot.house)
    assert await found(auditor) == {}
    await change(watch, sa.update(outbox).values(shown_hash="another"))
    spoiled = sa.text("UPDATE responses SET version_at = 'never' WHERE case_id = 2")
    await change(watch, spoiled)
    again = Auditor(watch.bot.db, watch.bot.house)
    assert await found(again) == {Finding.CARDS: 2, Finding.UNREADABLE: 1}
    await settled(watch)
    assert await found(again) == {Finding.UNREADABLE: 1}
    await change(watch, sa.text("UPDATE responses SET version_at = responded_at WHERE case_id = 2"))
    assert await found(again) == {Finding.CARDS: 1}
    await settled(watch)
    assert await found(again) == {}


async def test_cards_that_can_not_be_drawn_take_turns(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.auditor.CARDS", 4)
    for number in range(6):
        await opened(watch, email=f"c{number}@customer.example", account_id=f"acc-{number}")
    await change(watch, sa.update(outbox).values(shown_hash="another"))
    await change(watch, sa.text("UPDATE responses SET version_at = 'never'"))
    auditor = Auditor(watch.bot.db, watch.bot.house)
    for _ in range(len(await rows(watch, events)) // 4 + 1):
        last = await found(auditor)
    assert last == {Finding.UNREADABLE: 6}
    await change(watch, sa.text("UPDATE responses SET version_at = responded_at WHERE case_id IN (1, 6)"))
    seen = [await found(auditor) for _ in range(2)]
    assert sum(each.get(Finding.CARDS, 0) for each in seen) == 2
    assert seen[-1][Finding.UNREADABLE] == 4
