"""Many customers say the same: an item opens once, later cases join it, and people hear of it in their hours, once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.flows.cases.casework import Asker
from bot.flows.figures import registry, systemic
from bot.flows.figures.themes import gather
from bot.house import House
from bot.looks import draw
from bot.surfaces import ItemPart, ItemSurface, parse
from bot.theme_search import ThemeSearch
from bot.views.registry import Carried
from recovery.cases.case import Outcome
from recovery.clock.absence import Days
from recovery.readouts.registry import Item, ItemState, Plan
from recovery.themes import Remembered, Theme, Verbatim, merged, renamed
from scheduler import systemic as worker_of_systemic
from scheduler.systemic import EVERY, Systemic
from store.engine import Database
from store.errors import Contended
from store.figures import registry as rows
from store.figures import themes
from store.slack import absences
from store.slack.absences import Absence, AbsenceState
from store.tables import cases, outbox
from tests.registry.filled import Said, fill, many
from tests.registry.items import AMARA, AT, JEN, MARCUS, PLAN, Q4, after, house
from tests.store.conftest import StillClock
from tests.support.reading import read
from tests.support.slack_limits import message_problems

LEAD = Asker(MARCUS)
INVOICES = "The invoice is wrong and nobody corrects it"
EXPORTS = "Exporting the report to Excel loses half of the columns"
FIVE = after(5)


class Counted(ThemeSearch):
    """The search, and how often it was asked."""

    asked = 0

    async def find(self, verbatims: Sequence[Verbatim], remembered: Sequence[Remembered] = ()) -> tuple[Theme, ...]:
        self.asked += 1
        return await super().find(verbatims, remembered)


@pytest.fixture
async def search() -> AsyncIterator[Counted]:
    found = Counted()
    yield found
    await found.close()


@pytest.fixture(autouse=True)
def _now(clock: StillClock) -> None:
    clock.at = AT


async def items(db: Database, programme: str = "relational") -> list[Item]:
    async with db.read() as tx:
        return await rows.of_programme(tx, programme)


async def linked(db: Database, item: Item) -> set[int]:
    async with db.read() as tx:
        return {number for number, _ in (await rows.said(tx, [item.id])).get(item.id, ())}


async def asked_for(db: Database) -> dict[str, int]:
    """The messages that were asked for, and how often each is to be drawn."""
    async with db.read() as tx:
        return dict((await tx.conn.execute(sa.select(outbox.c.surface, outbox.c.wanted).order_by(outbox.c.id))).all())


async def reads(db: Database, it: House, surface: str) -> str:
    async with db.read() as tx:
        drawn = await draw(tx, it, surface)
    assert drawn is not None
    assert message_problems(drawn.look) == []
    return "\n".join(read(drawn.look.blocks))


async def planned(db: Database, it: House, item: Item, plan: Plan = PLAN) -> None:
    async with db.write() as tx:
        await registry.plan(tx, it, Carried(item.id, item.version), plan, LEAD)


async def test_the_fifth_customer_opens_an_item_and_the_lead_hears_of_it_once(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(FIVE)
    await fill(db, [*many(INVOICES, 4), Said(f"{INVOICES} again", 4, 4, Outcome.RECOVERED)], {1: None})
    workers = [Systemic(db, it, search) for _ in range(3)]
    await workers[0].beat()
    assert await items(db) == []
    await fill(db, many(INVOICES, 1, first=5), first=6)
    clock.move(minutes=30)
    await asyncio.gather(*(worker.beat() for worker in workers))
    clock.move(minutes=31)
    for worker in [*workers, Systemic(db, it, search)]:
        await worker.beat()
    (item,) = await items(db)
    assert (item.quarter, item.opened_by, item.plan, item.state) == (Q4, "", None, ItemState.OPEN)
    assert await linked(db, item) == {1, 2, 3, 4, 5, 6}
    assert list(await asked_for(db)) == [f"item:{item.id}:lead:{MARCUS}:0"]
    said = await reads(db, it, f"item:{item.id}:lead:{MARCUS}:0")
    assert f"5 customers say the same: *{item.tag}*" in said
    assert f"❝ {INVOICES}" in said
    assert "5 accounts of unknown value · 6 cases · Relational, since Q4 2026" in said
    assert "Cases: Account 1, Account 2, Account 3 and 3 more" in said
    assert "[*Plan it…] [Drop it…]" in said
    async with db.read() as tx:
        assert [each.theme.key for each in await themes.kept(tx, "relational")] == [item.theme]


async def test_nobody_is_told_at_night_and_in_the_morning_they_are(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    clock.at = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # eleven at night in New York
    worker = Systemic(db, it, search)
    await worker.beat()
    assert len(await items(db)) == 1
    assert await asked_for(db) == {}
    clock.move(hours=10)
    await worker.beat()
    assert len(await asked_for(db)) == 1


async def test_what_has_a_plan_before_anybody_is_told_is_not_announced(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    clock.at = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    worker = Systemic(db, it, search)
    await worker.beat()
    await planned(db, it, (await items(db))[0], replace(PLAN, owner=MARCUS))
    clock.move(hours=10)
    await worker.beat()
    assert await asked_for(db) == {}


async def test_later_cases_join_and_the_message_counts_them(db: Database, search: Counted, clock: StillClock) -> None:
    it = house(FIVE)
    await fill(db, [*many(INVOICES, 5), *many(EXPORTS, 3, first=20)])
    worker = Systemic(db, it, search)
    await worker.beat()
    (item,) = await items(db)
    (surface,) = await asked_for(db)
    await fill(db, many(INVOICES, 2, first=40), first=50)
    await worker.beat()
    assert await linked(db, item) == {1, 2, 3, 4, 5}  # it looks each half an hour
    clock.move(minutes=30)
    await worker.beat()
    assert await linked(db, item) == {1, 2, 3, 4, 5, 50, 51}
    assert await items(db) == [item]
    assert (await asked_for(db))[surface] == 2
    assert "7 customers say the same" in await reads(db, it, surface)


async def test_many_cases_are_linked_a_few_at_a_time(
    db: Database, search: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_of_systemic, "AT_ONCE", 2)
    await fill(db, many(INVOICES, 9))
    await Systemic(db, house(FIVE), search).beat()
    (item,) = await items(db)
    assert await linked(db, item) == set(range(1, 10))
    assert list((await asked_for(db)).values()) == [1]


async def test_while_nobody_says_anything_new_there_is_no_search(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 4))
    worker = Systemic(db, it, search)
    await worker.beat()
    assert search.asked == 0  # too few for any theme
    await fill(db, many(INVOICES, 2, first=10), first=10)
    for _ in range(5):
        clock.at += EVERY
        await worker.beat()
    assert search.asked == 1
    await fill(db, [Said("Later", 30)], first=30)
    clock.at += EVERY
    await worker.beat()
    assert search.asked == 2


async def test_an_open_item_of_an_earlier_quarter_takes_the_new_cases(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    worker = Systemic(db, it, search)
    await worker.beat()
    (item,) = await items(db)
    clock.at = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)
    await fill(db, many(INVOICES, 6, first=30, at=clock.at - timedelta(days=1)), first=30)
    await worker.beat()
    assert [(each.id, each.quarter) for each in await items(db)] == [(item.id, Q4)]
    assert await linked(db, item) == {*range(1, 6), *range(30, 36)}


@pytest.mark.parametrize("how", [ItemState.DONE, ItemState.DROPPED])
async def test_what_was_closed_stays_closed_until_the_next_quarter_brings_it_up(
    db: Database, search: Counted, clock: StillClock, how: ItemState
) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    worker = Systemic(db, it, search)
    await worker.beat()
    (item,) = await items(db)
    async with db.write() as tx:
        await rows.close(tx, item, how, "It happens no more.", MARCUS)
    await fill(db, many(INVOICES, 6, first=10), first=10)
    clock.at += EVERY
    await worker.beat()
    assert len(await items(db)) == 1
    assert await linked(db, item) == {1, 2, 3, 4, 5}
    clock.at = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)
    await fill(db, many(INVOICES, 5, first=30, at=clock.at - timedelta(days=1)), first=30)
    await worker.beat()
    assert [(each.theme, each.quarter) for each in await items(db)] == [(item.theme, Q4), (item.theme, Q4 + 1)]


async def test_a_merged_and_a_renamed_theme_keep_their_item(db: Database, search: Counted, clock: StillClock) -> None:
    it = house(FIVE)
    await fill(db, [*many(INVOICES, 5), *many(EXPORTS, 5, first=20)])
    worker = Systemic(db, it, search)
    await worker.beat()
    one, other = await items(db)
    async with db.write() as tx:
        kept = {each.theme.key: each for each in await themes.kept(tx, "relational")}
        whole = renamed(merged(kept[other.theme].theme, kept[one.theme].theme), "money and files")
        await themes.keep(tx, "relational", whole, MARCUS, kept[other.theme].version)
        await themes.forget(tx, "relational", one.theme, kept[one.theme].version)
        await rows.close(tx, other, ItemState.DROPPED, "One of them is enough.", MARCUS)
    await fill(db, many(INVOICES, 1, first=60), first=60)
    clock.at += EVERY
    await worker.beat()
    found = {each.id: each for each in await items(db)}
    assert set(found) == {one.id, other.id}
    assert found[one.id].tag == "money and files"
    assert 60 in await linked(db, one)


async def test_what_changed_under_the_search_is_looked_at_again(db: Database, search: Counted) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    async with db.read() as tx:
        gathered = await gather(tx, it, "relational", systemic.running(it, AT))
    found = await search.find(gathered.verbatims, gathered.remembered)
    async with db.write() as tx:
        await themes.keep(tx, "relational", Remembered("other", "other", ()), MARCUS, 0)
    with pytest.raises(Contended):
        async with db.write() as tx:
            await systemic.follow(tx, it, gathered, found)
    assert await items(db) == []


async def test_withdrawn_cases_and_other_programmes_open_nothing(db: Database, search: Counted) -> None:
    it = house(FIVE)
    said = many(INVOICES, 6)
    await fill(db, [*(replace(each, programme="onboarding") for each in said[:2]), *said[2:]])
    async with db.write() as tx:
        values = {"outcome": Outcome.WITHDRAWN.value, "state": "closed"}
        await tx.conn.execute(sa.update(cases).where(cases.c.id == 3).values(**values))
    await Systemic(db, it, search).beat()
    assert await items(db) == []


async def test_a_policy_that_opens_nothing(db: Database, search: Counted) -> None:
    await fill(db, many(INVOICES, 9))
    await Systemic(db, house(after(0)), search).beat()
    assert (await items(db), search.asked) == ([], 0)


async def test_a_search_that_fails_is_tried_again(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    it = house(FIVE)
    await fill(db, many(INVOICES, 5))
    search = ThemeSearch()
    worker = Systemic(db, it, search)
    await search.close()
    await worker.beat()
    assert "could not be looked at" in caplog.text
    worker._themes = ThemeSearch()
    try:
        await worker.beat()
    finally:
        await worker._themes.close()
    assert len(await items(db)) == 1


async def test_each_lead_hears_and_reads_what_the_other_has_planned(db: Database, search: Counted) -> None:
    leads = {"leads": ("marcus@acme.example", "jen@acme.example")}
    programme = FIVE.programmes["relational"].model_copy(update=leads)
    it = house(FIVE.model_copy(update={"programmes": {**FIVE.programmes, "relational": programme}}))
    await fill(db, many(INVOICES, 5))
    await Systemic(db, it, search).beat()
    (item,) = await items(db)
    his, hers = (f"item:{item.id}:lead:{user}:0" for user in (MARCUS, JEN))
    assert await asked_for(db) == {hers: 1, his: 1}
    await planned(db, it, item)
    assert await asked_for(db) == {hers: 2, his: 2, f"item:{item.id}:owner:{AMARA}:2": 1}
    said = await reads(db, it, hers)
    assert PLAN.action in said
    assert "[Change…] [Done…] [Drop it…]" in said


# The day


async def with_plan(db: Database, it: House, plan: Plan = PLAN) -> Item:
    await fill(db, many(INVOICES, 5))
    async with db.write() as tx:
        item = await rows.open_item(tx, "relational", ("t", "invoices are wrong"), Q4)
        assert item is not None
        await rows.link(tx, item.id, range(1, 6))
    await planned(db, it, item, plan)
    return item


async def due(db: Database, it: House) -> list[ItemSurface]:
    async with db.read() as tx:
        return await systemic.due(tx, it)


@pytest.mark.parametrize(
    ("at", "hears"),
    [
        (datetime(2026, 12, 20, 12, 0, tzinfo=UTC), False),  # the day before, a Sunday
        (datetime(2026, 12, 21, 5, 0, tzinfo=UTC), False),  # its day, but night
        (datetime(2026, 12, 21, 9, 30, tzinfo=UTC), True),
        (datetime(2026, 12, 22, 9, 30, tzinfo=UTC), True),  # a late start
        (datetime(2027, 1, 5, 9, 30, tzinfo=UTC), False),  # a year's turn later it stands in the review
    ],
)
async def test_the_owner_hears_on_the_day_in_their_hours(
    db: Database, clock: StillClock, at: datetime, hears: bool
) -> None:
    it = house()
    item = await with_plan(db, it)
    clock.at = at
    surface = ItemSurface(AMARA, item.id, ItemPart.DUE, "2026-12-21")
    assert await due(db, it) == ([surface] if hears else [])
    assert parse(str(surface)) == surface


async def test_on_the_day_they_hear_once_and_again_when_it_moves(
    db: Database, search: Counted, clock: StillClock
) -> None:
    it = house(after(0))
    item = await with_plan(db, it)
    clock.at = datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
    worker = Systemic(db, it, search)
    await asyncio.gather(worker.beat(), Systemic(db, it, search).beat())
    await worker.beat()
    await Systemic(db, it, search).beat()
    given, reminded = f"item:{item.id}:owner:{AMARA}:2", f"item:{item.id}:due:{AMARA}:2026-12-21"
    assert await asked_for(db) == {given: 1, reminded: 1}
    said = await reads(db, it, reminded)
    assert "The day of your action has come: *invoices are wrong*" in said
    assert "Done when: No invoice of January has to be corrected." in said
    assert "[Done…]" in said
    assert "Plan" not in said
    await planned(db, it, replace(item, version=2), replace(PLAN, due=date(2026, 12, 23)))
    assert "The day of your action has moved" in await reads(db, it, reminded)
    clock.move(days=2)
    await worker.beat()
    assert list(await asked_for(db)) == [given, reminded, f"item:{item.id}:due:{AMARA}:2026-12-23"]
    clock.move(days=1)
    assert "The day of your action has passed" in await reads(db, it, f"item:{item.id}:due:{AMARA}:2026-12-23")


async def test_who_is_away_hears_when_they_are_back(db: Database, clock: StillClock) -> None:
    it = house()
    await with_plan(db, it)
    clock.at = datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
    async with db.write() as tx:
        days = Days(date(2026, 12, 20), date(2026, 12, 22))
        await absences.save(tx, Absence(AMARA, days, AbsenceState.AWAY))
    assert await due(db, it) == []
    clock.at = datetime(2026, 12, 23, 9, 30, tzinfo=UTC)
    assert [surface.user for surface in await due(db, it)] == [AMARA]


async def test_where_the_owner_has_left_the_lead_hears(db: Database, clock: StillClock) -> None:
    await with_plan(db, house())
    clock.at = datetime(2026, 12, 21, 15, 0, tzinfo=UTC)
    it = house(**{AMARA: True})
    (surface,) = await due(db, it)
    assert surface.user == MARCUS
    async with db.write() as tx:
        assert await systemic.announce(tx, surface)
        assert not await systemic.announce(tx, surface)
    said = await reads(db, it, str(surface))
    assert f"The day of this action has come, and @{AMARA} isn't here any more" in said
    assert "[Change…] [Done…] [Drop it…]" in said


async def test_what_was_closed_meanwhile_is_not_announced(db: Database, clock: StillClock) -> None:
    it = house()
    item = await with_plan(db, it, replace(PLAN, owner=JEN))
    clock.at = datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
    (surface,) = await due(db, it)
    async with db.write() as tx:
        await registry.done(tx, it, Carried(item.id, 2), "All invoices were right.", Asker(JEN))
        assert not await systemic.announce(tx, surface)
    assert await due(db, it) == []
