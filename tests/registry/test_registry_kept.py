"""The registry as rows of either database: opened once, changed by one at a time, weighed as by hand."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from recovery.cases.case import Outcome
from recovery.figures.case_figures import Amount
from recovery.figures.contacted import LEFT_OUT
from recovery.readouts.registry import Item, ItemState, Weight
from store.engine import Database
from store.errors import Contended
from store.figures import registry as rows
from store.tables import outbox, responses
from tests.registry.filled import NOVEMBER, Said, fill, many
from tests.registry.items import AMARA, MARCUS, PLAN, Q4
from tests.store.conftest import StillClock

THEME = ("t1", "invoices are wrong")


async def opened(
    db: Database, theme: tuple[str, str] = THEME, quarter: int = Q4, programme: str = "relational"
) -> Item:
    async with db.write() as tx:
        item = await rows.open_item(tx, programme, theme, quarter)
    assert item is not None
    return item


async def weight(db: Database, item: Item) -> Weight:
    async with db.read() as tx:
        return (await rows.weights(tx, [item.id]))[item.id]


async def test_an_item_opens_once_however_many_open_it(db: Database) -> None:
    async def press() -> Item | None:
        async with db.write() as tx:
            return await rows.open_item(tx, "relational", THEME, Q4)

    found = [item for item in await asyncio.gather(*(press() for _ in range(6))) if item]
    assert len(found) == 1
    assert (found[0].tag, found[0].state, found[0].version, found[0].plan) == (THEME[1], ItemState.OPEN, 1, None)
    await opened(db, quarter=Q4 + 1)
    await opened(db, theme=("t2", "x"))
    await opened(db, programme="onboarding")
    async with db.read() as tx:
        assert [item.quarter for item in await rows.of_programme(tx, "relational")] == [Q4, Q4 + 1, Q4]
        assert len(await rows.open_items(tx)) == 4
        assert await rows.get(tx, 10**9) is None


async def test_what_is_planned_comes_back_and_one_of_two_gives_in(db: Database) -> None:
    item = await opened(db, theme=("t1", "quoted “tag” \x00\ud83d"))
    plan = replace(PLAN, action="請求書 \U0001f642 \x00 \ud83d", criterion="“None” is wrong")
    async with db.write() as tx:
        await rows.plan(tx, item, plan)
    async with db.read() as tx:
        found = await rows.get(tx, item.id)
    assert found is not None
    assert found.plan == replace(plan, action="請求書 \U0001f642   ?")
    assert (found.version, found.tag) == (2, "quoted “tag”  ?")
    for change in (lambda tx: rows.plan(tx, item, PLAN), lambda tx: rows.close(tx, item, ItemState.DONE, "x", AMARA)):
        with pytest.raises(Contended):
            async with db.write() as tx:
                await change(tx)
    async with db.write() as tx:
        await rows.close(tx, found, ItemState.DROPPED, "too rare", MARCUS)
        await rows.rename(tx, item.id, "other")
    async with db.read() as tx:
        closed = await rows.get(tx, item.id)
        assert closed is not None
        assert (closed.state, closed.result, closed.closed_by, closed.closed_at) == (
            ItemState.DROPPED, "too rare", MARCUS, tx.now,
        )  # fmt: skip
        assert (closed.tag, closed.version, await rows.open_items(tx)) == ("other", 3, [])


async def test_closed_ones_are_counted_from_a_moment_on(db: Database, clock: StillClock) -> None:
    for number, state in enumerate((ItemState.DONE, ItemState.DROPPED, ItemState.DONE, ItemState.DONE)):
        item = await opened(db, theme=(f"t{number}", "x"))
        async with db.write() as tx:
            await rows.close(tx, item, state, "x", MARCUS)
        clock.move(days=1)
    async with db.read() as tx:
        assert await rows.closed_since(tx, "relational", tx.now - timedelta(days=3)) == Counter(
            {ItemState.DONE: 2, ItemState.DROPPED: 1}
        )
        assert not await rows.closed_since(tx, "onboarding", tx.now - timedelta(days=9))


async def test_cases_are_linked_once_also_those_that_join_later(db: Database) -> None:
    await fill(db, many("The invoice is wrong", 5))
    item = await opened(db)

    async def link(*numbers: int) -> None:
        async with db.write() as tx:
            await rows.link(tx, item.id, numbers)

    await link()
    await link(1, 2, 2)
    await asyncio.gather(link(1, 2, 3), link(3, 2, 1), link(4, 3))
    await link(5, 4, 3)
    async with db.read() as tx:
        assert await rows.linked(tx, item.id) == {1, 2, 3, 4, 5}
        assert await rows.linked(tx, item.id + 1) == set()
    assert (await weight(db, item)).cases == 5


async def test_money_counts_each_account_once_and_says_what_nobody_knows(db: Database) -> None:
    said = [
        Said("a", 1, 1),
        Said("b", 2, 1),  # a colleague of the same account
        Said("c", 2, 1, Outcome.RECOVERED),  # the same person before that
        Said("d", 3, 2),
        Said("e", 4, None),
        Said("f", 5, 3, Outcome.WITHDRAWN),
        Said("g", 6, 3, Outcome.DUPLICATE),
        Said("h", 7, 4, Outcome.CHURNED),
    ]
    await fill(db, said, {1: Decimal("100.01"), 2: None, 3: Decimal(9000), 4: Decimal("0.02")})
    item, empty = await opened(db), await opened(db, theme=("t2", "x"))
    async with db.write() as tx:
        await rows.link(tx, item.id, range(1, 9))
    assert await weight(db, item) == Weight(5, 6, Amount(Decimal("100.03"), 2, 2))
    assert await weight(db, empty) == Weight()


@pytest.mark.parametrize("seed", range(4))
async def test_the_databases_weigh_as_one_does_by_hand(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    pay = {n: chance.choice([None, Decimal(0), Decimal("49999.99"), Decimal(250_000)]) for n in range(1, 8)}
    # At most one open case of a customer, as in life.
    ends: dict[int, list[Outcome | None]] = {n: [None, *Outcome] for n in range(1, 13)}
    said = []
    for _ in range(60):
        customer = chance.randint(1, 12)
        outcome = chance.choice(ends[customer])
        if outcome is None:
            ends[customer] = [*Outcome]
        said.append(Said("x", customer, chance.choice([None, *pay]), outcome))
    await fill(db, said, pay)
    items = [await opened(db, theme=(f"t{n}", "x")) for n in range(5)]
    links = {item.id: chance.sample(range(1, 61), chance.choice([0, 1, 5, 40])) for item in items}
    async with db.write() as tx:
        for item_id, numbers in links.items():
            await rows.link(tx, item_id, numbers)
    async with db.read() as tx:
        found = await rows.weights(tx, list(links))
    assert found == {item_id: by_hand([(n, said[n - 1]) for n in numbers], pay) for item_id, numbers in links.items()}


def by_hand(linked: list[tuple[int, Said]], pay: dict[int, Decimal | None]) -> Weight:
    counted = [(number, each) for number, each in linked if each.outcome not in LEFT_OUT]
    if not counted:
        return Weight()
    payers = {each.account for _, each in counted if each.account}
    known = [amount for payer in payers if (amount := pay[payer]) is not None]
    without = len(payers) - len(known) + sum(each.account is None for _, each in counted)
    total = None if without and not known else sum(known, Decimal(0))
    return Weight(len({each.customer for _, each in counted}), len(counted), Amount(total, len(known), without))


async def test_the_cards_that_are_named_are_of_different_accounts_those_that_pay_most_first(db: Database) -> None:
    said = [Said("a", 1, 1), Said("b", 2, 2), Said("c", 3, 2), Said("d", 4, None), Said("e", 5, 3), Said("f", 6, 4)]
    await fill(db, said, {1: Decimal(10), 2: Decimal(900), 3: None, 4: Decimal(50)})
    item, other = await opened(db), await opened(db, theme=("t2", "x"))
    async with db.write() as tx:
        await rows.link(tx, item.id, range(1, 7))
        await rows.link(tx, other.id, [4, 5])
        await tx.conn.execute(
            sa.insert(outbox),
            [
                {"surface": "case:2", "target": "C1", "rank": 2, "channel": "C1", "ts": "17.5", "wanted_at": tx.now},
                {"surface": "case:6", "target": "C1", "rank": 2, "channel": "", "ts": "", "wanted_at": tx.now},
            ],
        )
    async with db.read() as tx:
        found = await rows.cards(tx, [item.id, other.id], 3)
    assert [card.case_id for card in found[item.id]] == [2, 6, 1]
    assert [(card.account, card.channel, card.ts) for card in found[item.id]][:2] == [
        ("Account 2", "C1", "17.5"),
        ("Account 4", "", ""),
    ]
    assert [(card.account, card.contact) for card in found[other.id]] == [("", "Contact 4"), ("Account 3", "Contact 5")]


async def test_what_was_said_is_of_the_linked_cases_alone(db: Database) -> None:
    await fill(db, [*many("The invoice is wrong", 3), Said("", 4, 4), Said("other", 5, 5, case=False)])
    item = await opened(db)
    async with db.write() as tx:
        await rows.link(tx, item.id, [2, 3, 4])
        # A later answer joined the case; a promoter's words are no complaint.
        await tx.conn.execute(sa.update(responses).where(responses.c.id == 5).values(case_id=2, contact_id=2))
        await tx.conn.execute(sa.update(responses).where(responses.c.id == 3).values(category="promoter"))
    async with db.read() as tx:
        said = await rows.said(tx, [item.id])
        assert said == {item.id: ((2, "The invoice is wrong (2)"), (5, "other"))}
        assert await rows.said(tx, []) == {}
        wanted = ["other", "The invoice is wrong (1)"]
        assert await rows.first_said(tx, [item.id], wanted) == {item.id: ("The invoice is wrong (2)", "other")}
        assert await rows.first_said(tx, [item.id], []) == {item.id: ("The invoice is wrong (2)",)}
        assert await rows.first_said(tx, [], wanted) == {}


async def test_whatever_a_detractor_adds_is_noticed_and_nothing_else(db: Database) -> None:
    await fill(db, many("The invoice is wrong", 3))
    start, end = NOVEMBER - timedelta(days=1), NOVEMBER + timedelta(days=30)

    async def heard() -> rows.Heard:
        async with db.read() as tx:
            return await rows.heard(tx, "relational", start, end)

    async def changes(**values: object) -> bool:
        before = await heard()
        async with db.write() as tx:
            await tx.conn.execute(sa.update(responses).where(responses.c.id == 2).values(**values))
        return await heard() != before

    assert (await heard()).comments == 3
    assert await changes(verbatim="Longer: the invoice is wrong again.")
    assert await changes(category="passive")
    assert not await changes(role="admin", verbatim="What a passive says.")
    before = await heard()
    await fill(db, [Said("later", 9, at=end), Said("", 10), Said("x", 11, programme="onboarding")], first=9)
    assert await heard() == before
    await fill(db, [Said("more", 12)], first=20)
    assert await heard() != before
    async with db.read() as tx:
        assert await rows.heard(tx, "nothing", start, end) == rows.Heard()
