"""All answers counted anew: at the first start, after another policy, on demand, beside whoever writes meanwhile."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.house import House
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import quarter
from recovery.policy.file import Policy
from scheduler import counting
from scheduler.counting import Counting, count_anew
from store.engine import Database
from store.figures import figures, recounting
from store.figures.figure_tables import standings, tallies
from store.figures.tallies import Grouping, are_kept
from store.tables import jobs
from tests.cli.command import alone, here
from tests.figures.answers import POLICY, Answering
from tests.figures.recount import check_kept, kept, of_quarter, quarters, recounted


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "GAP", 0.0)


async def fill(db: Database, seed: int = 1, acts: int = 80) -> Answering:
    story = Answering(seed, people=30)
    async with db.write() as tx:
        for _ in range(acts):
            await story.act(tx, POLICY)
    return story


async def lose_counts(db: Database) -> None:
    """As after the migration: answers are there, and nothing is counted."""
    async with db.write() as tx:
        for table in (standings, tallies, jobs):
            await tx.conn.execute(sa.delete(table))


async def is_kept(db: Database, policy: Policy = POLICY) -> bool:
    async with db.read() as tx:
        return await are_kept(tx, Grouping(policy))


def other(**figures_table: object) -> Policy:
    return POLICY.model_copy(update={"figures": POLICY.figures.model_copy(update=figures_table)})


async def test_the_first_start_counts_what_is_there_in_pages(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(db)
    await lose_counts(db)
    monkeypatch.setattr(counting, "PAGE", 7)
    told: list[int] = []
    count = await count_anew(db, POLICY, told.append)
    assert told == [*range(7, count, 7), count]
    await check_kept(db, POLICY)
    assert await is_kept(db)


async def test_nothing_to_count_is_counted(db: Database) -> None:
    assert await count_anew(db, POLICY) == 0
    assert await is_kept(db)


async def test_a_beat_counts_once_for_each_policy(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(db)
    await lose_counts(db)
    house = House(POLICY)
    beats = Counting(db, house)
    await beats.beat()
    assert await is_kept(db)
    began: list[object] = []
    monkeypatch.setattr(recounting, "forget", began.append)
    await beats.beat()
    await Counting(db, house).beat()
    assert began == []


@pytest.mark.parametrize(
    "changed",
    [{"fiscal_year_starts": 4}, {"acv_bands": (5000, 70000)}, {"fiscal_year_starts": 12, "acv_bands": (1,)}],
    ids=str,
)
async def test_another_policy_counts_them_its_way(db: Database, changed: dict[str, object]) -> None:
    await fill(db)
    await count_anew(db, POLICY)
    policy = other(**changed)
    assert not await is_kept(db, policy)
    house = House(POLICY)
    beats = Counting(db, house)
    await beats.beat()
    house.policy = policy
    await beats.beat()
    await check_kept(db, policy)
    assert await is_kept(db, policy)
    assert not await is_kept(db, POLICY)


def test_what_the_figures_do_not_depend_on_counts_nothing_anew() -> None:
    assert Grouping(other(enough_in_group=31)).fingerprint == Grouping(POLICY).fingerprint
    without = POLICY.model_copy(update={"segments": {}})
    assert Grouping(without).fingerprint != Grouping(POLICY).fingerprint


async def test_figures_are_right_before_while_and_after(db: Database) -> None:
    story = await fill(db)
    await lose_counts(db)
    await _figures_are_right(db)
    async with db.write() as tx:
        mark = await recounting.forget(tx)
    async with db.write() as tx:
        page = await recounting.count_page(tx, POLICY, mark, 0, 5)
    await _figures_are_right(db)
    async with db.write() as tx:
        for _ in range(30):
            await story.act(tx, POLICY)
    await _figures_are_right(db)
    async with db.write() as tx:
        await recounting.count_page(tx, POLICY, mark, page[-1], 500)
    async with db.write() as tx:
        assert await recounting.finished(tx, POLICY, mark)
    assert await is_kept(db)
    await _figures_are_right(db)
    await check_kept(db, POLICY)


async def _figures_are_right(db: Database) -> None:
    async with db.read() as tx:
        right = await recounted(tx, POLICY)
        assert right
        for programme, number in quarters(right):
            for dimension in (None, Dimension.SEGMENT, Dimension.TENURE):
                found = await figures.tallies_in(tx, POLICY, programme, quarter(number), dimension)
                assert found == of_quarter(right, programme, number, dimension or "")


async def test_several_quarters_at_once(db: Database) -> None:
    await fill(db)
    for _ in range(2):  # from the answers, then from what is kept
        async with db.read() as tx:
            right = await recounted(tx, POLICY)
            numbers = sorted({number for _, number, *_ in right})
            found = await figures.tallies_of(tx, POLICY, "relational", numbers, Dimension.SEGMENT)
        assert found == {
            (key[1], key[3]): each for key, each in right.items() if key[0] == "relational" and key[2] == "segment"
        }
        await count_anew(db, POLICY)


async def test_a_programme_without_answers_has_no_figures(db: Database) -> None:
    await count_anew(db, POLICY)
    async with db.read() as tx:
        assert await figures.tallies_in(tx, POLICY, "relational", quarter(8106)) == {}
        assert await figures.tallies_of(tx, POLICY, "relational", [], None) == {}


async def test_who_begins_last_goes_on_alone(db: Database) -> None:
    await fill(db)
    async with db.write() as tx:
        first = await recounting.forget(tx)
    async with db.write() as tx:
        page = await recounting.count_page(tx, POLICY, first, 0, 5)
    async with db.write() as tx:
        second = await recounting.forget(tx)
    async with db.write() as tx:
        assert await recounting.count_page(tx, POLICY, first, page[-1], 5) == []
    async with db.write() as tx:
        assert not await recounting.finished(tx, POLICY, first)
    assert not await is_kept(db)
    async with db.write() as tx:
        await recounting.count_page(tx, POLICY, second, 0, 500)
    async with db.write() as tx:
        assert await recounting.finished(tx, POLICY, second)
    await check_kept(db, POLICY)


async def test_replicas_that_begin_together_and_answers_that_come_meanwhile(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = await fill(db)
    monkeypatch.setattr(counting, "PAGE", 3)

    async def goes_on() -> None:
        for _ in range(40):
            async with db.write() as tx:
                await story.act(tx, POLICY)

    await asyncio.gather(count_anew(db, POLICY), count_anew(db, POLICY), goes_on(), count_anew(db, POLICY))
    assert await is_kept(db)
    await check_kept(db, POLICY)


async def test_the_command_repairs_counts_that_are_wrong(db: Database, database_url: str) -> None:
    await fill(db)
    async with db.write() as tx:
        await tx.conn.execute(sa.update(tallies).values(promoters=tallies.c.promoters + 1))
        await tx.conn.execute(sa.delete(standings).where(standings.c.contact_id < 3))
    done = await here(alone(database_url), "figures", "rebuild")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("The answers of ")
    await check_kept(db, POLICY)


async def test_the_command_without_tables_says_what_to_do(database_url: str) -> None:
    done = await here(alone(database_url), "figures", "rebuild")
    assert done.code == 1
    assert "winback run" in done.err


async def test_groups_of_nobody_are_not_shown(db: Database) -> None:
    story = await fill(db)
    for _ in range(3):
        async with db.write() as tx:
            await story.act(tx, POLICY)
    async with db.write() as tx:
        await recounting.finished(tx, POLICY, await recounting.forget(tx))
        await tx.conn.execute(
            sa.insert(tallies).values(
                programme="relational", quarter=1, dimension="", value="", promoters=0, passives=0, detractors=0
            )
        )
    async with db.read() as tx:
        assert await figures.tallies_of(tx, POLICY, "relational", [1]) == {}
        assert Tally() not in (await kept(tx)).values()
