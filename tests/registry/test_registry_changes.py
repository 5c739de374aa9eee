"""Plans and ends of actions on either database: two leads at once, twice, late, and who is told of what."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot.flows.cases.casework import Asker
from bot.flows.figures import registry
from bot.house import House
from bot.views.registry import Carried
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.readouts.registry import Item, ItemState, Plan
from store.engine import Database, Tx
from store.errors import Contended
from store.figures import registry as rows
from store.tables import outbox
from tests.registry.items import AMARA, AT, JEN, MARCUS, PLAN, PRIYA, Q4, STRANGER, house
from tests.store.conftest import StillClock

LEAD = Asker(MARCUS)
OTHER = replace(PLAN, owner=JEN, criterion="Nobody writes to us about invoices in March")
Flow = Callable[[Tx], Awaitable[None]]


@pytest.fixture(autouse=True)
def _now(clock: StillClock) -> None:
    clock.at = AT


async def begun(db: Database) -> Item:
    async with db.write() as tx:
        item = await rows.open_item(tx, "relational", ("t1", "invoices are wrong"), Q4)
    assert item is not None
    return item


async def now(db: Database, item: Item) -> Item:
    async with db.read() as tx:
        found = await rows.get(tx, item.id)
    assert found is not None
    return found


async def run(db: Database, flow: Flow) -> str:
    """What the person reads, as the desk runs it: from the start again where somebody was faster."""
    for _ in range(9):
        try:
            async with db.write() as tx:
                await flow(tx)
        except Contended:
            continue
        except Refusal as refused:
            return refused.sentence
        return ""
    raise AssertionError("it never came to an end")


def plans(it: House, item: Item, plan: Plan, asker: Asker = LEAD, version: int = 1) -> Flow:
    return lambda tx: registry.plan(tx, it, Carried(item.id, version), plan, asker)


async def messages(db: Database) -> list[str]:
    async with db.read() as tx:
        return list(await tx.conn.scalars(sa.select(outbox.c.surface).order_by(outbox.c.id)))


async def test_of_two_plans_at_once_one_stands_and_the_other_is_refused(db: Database) -> None:
    it, item = house(), await begun(db)
    said = await asyncio.gather(run(db, plans(it, item, PLAN)), run(db, plans(it, item, OTHER)))
    assert sorted(map(bool, said)) == [False, True]
    assert "was changed while the window was open" in max(said)
    found = await now(db, item)
    assert found.plan == (OTHER if said[0] else PLAN)
    assert found.version == 2
    assert len(await messages(db)) == 1


async def test_the_same_plan_sent_often_is_kept_once(db: Database) -> None:
    it, item = house(), await begun(db)
    spaced = replace(PLAN, action=f"  {PLAN.action}\n")
    assert await asyncio.gather(*(run(db, plans(it, item, each)) for each in (PLAN, spaced, PLAN))) == ["", "", ""]
    assert ((await now(db, item)).plan, (await now(db, item)).version) == (PLAN, 2)
    assert len(await messages(db)) == 1


async def test_of_done_and_dropped_at_once_one_stands(db: Database) -> None:
    it, item = house(), await begun(db)
    await run(db, plans(it, item, PLAN))
    carried = Carried(item.id, 2)
    done, drop = await asyncio.gather(
        run(db, lambda tx: registry.done(tx, it, carried, "All were right.", Asker(AMARA))),
        run(db, lambda tx: registry.drop(tx, it, carried, "Too rare.", LEAD)),
    )
    assert sorted(map(bool, (done, drop))) == [False, True]
    found = await now(db, item)
    assert found.state is (ItemState.DROPPED if done else ItemState.DONE)
    assert found.result == ("Too rare." if done else "All were right.")
    # Once more by the same person is done already; by somebody else, or otherwise, it is refused.
    again = registry.drop if done else registry.done
    who, what = (LEAD, "Too rare.") if done else (Asker(AMARA), "All were right.")
    assert await run(db, lambda tx: again(tx, it, carried, f" {what} ", who)) == ""
    assert "This action is closed" in await run(db, lambda tx: again(tx, it, carried, "Other words.", who))
    assert "This action is closed" in await run(db, plans(it, item, OTHER, version=3))


async def test_who_is_told_of_being_given_it(db: Database) -> None:
    it, item = house(), await begun(db)
    await run(db, plans(it, item, replace(PLAN, owner=MARCUS)))
    assert await messages(db) == []  # who plans it for themselves knows
    await run(db, plans(it, item, PLAN, version=2))
    await run(db, plans(it, item, replace(PLAN, due=date(2026, 12, 24)), version=3))
    await run(db, plans(it, item, OTHER, version=4))
    await run(db, plans(it, item, PLAN, version=5))
    assert await messages(db) == [
        f"item:{item.id}:owner:{AMARA}:3",
        f"item:{item.id}:owner:{JEN}:5",
        f"item:{item.id}:owner:{AMARA}:6",
    ]


@pytest.mark.parametrize("user", [PRIYA, STRANGER, AMARA])
async def test_only_leads_plan_and_drop(db: Database, user: str) -> None:
    it, item = house(), await begun(db)
    await run(db, plans(it, item, PLAN))
    for flow in (
        plans(it, item, OTHER, Asker(user), version=2),
        lambda tx: registry.drop(tx, it, Carried(item.id, 2), "Too rare.", Asker(user)),
        lambda tx: registry.plan_window(tx, it, Carried(item.id), Asker(user)),
    ):
        with pytest.raises(NotAllowed):
            async with db.write() as tx:
                await flow(tx)
    finish = registry.done_window if user == AMARA else None
    async with db.read() as tx:
        if finish:
            assert (await finish(tx, it, Carried(item.id), Asker(user)))["type"] == "modal"
        else:
            with pytest.raises(NotAllowed):
                await registry.done_window(tx, it, Carried(item.id), Asker(user))
    assert (await now(db, item)).version == 2


@pytest.mark.parametrize(
    ("owner", "gone", "said"),
    [
        (STRANGER, {}, "isn't in this workspace"),
        (JEN, {JEN: True}, "has left"),
        ("", {}, "Choose the one person"),
    ],
)
async def test_an_owner_is_somebody_who_is_here(db: Database, owner: str, gone: dict[str, bool], said: str) -> None:
    it, item = house(**gone), await begun(db)
    with pytest.raises(FieldRefusal, match=said) as refused:
        async with db.write() as tx:
            await registry.plan(tx, it, Carried(item.id, 1), replace(PLAN, owner=owner), LEAD)
    assert refused.value.field == "owner"
    assert (await now(db, item)).plan is None


async def test_the_day_is_one_of_the_programmes_calendar(db: Database, clock: StillClock) -> None:
    it, item = house(), await begun(db)
    zone = it.policy.calendar_of(it.policy.programmes["relational"]).zone_info
    today = clock.at.astimezone(zone).date()
    assert await run(db, plans(it, item, replace(PLAN, due=today))) == ""
    clock.move(days=2)
    # The day stands already; another one that has passed is none.
    assert await run(db, plans(it, item, replace(OTHER, due=today), version=2)) == ""
    passed = replace(PLAN, due=today + timedelta(days=1))
    assert "has passed" in await run(db, plans(it, item, passed, version=3))


async def test_what_is_gone_is_said_to_be(db: Database) -> None:
    it, item = house(), await begun(db)
    left = it.policy.model_copy(update={"programmes": {"onboarding": it.policy.programmes["onboarding"]}})
    for where, number in ((it, 10**6), (house(left), item.id)):
        for flow in (registry.plan_window, registry.done_window, registry.drop_window):
            with pytest.raises(Refusal, match="This action is gone"):
                async with db.read() as tx:
                    await flow(tx, where, Carried(number), LEAD)
