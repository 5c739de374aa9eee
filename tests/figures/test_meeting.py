"""Two transactions on Postgres of which the second begins when the first has counted and not yet committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from recovery.survey import Account, Contact, SurveyResponse
from store.cases import responses
from store.engine import Database, Tx
from store.figures import tallies
from store.migrate import migrate
from tests.figures.answers import POLICY
from tests.figures.recount import check_kept
from tests.store.conftest import StillClock

AT = datetime(2026, 8, 12, 10, tzinfo=UTC)
DANA = Contact("dana@northwind.example")
NORTHWIND = Account("northwind", "Northwind", segment="Enterprise")
OTHER = Account("contoso", "Contoso", segment="SMB")
Act = Callable[[Tx], Awaitable[None]]


@pytest.fixture
async def db(postgres_db: str, clock: StillClock) -> AsyncIterator[Database]:
    database = Database(postgres_db, clock)
    await migrate(database)
    yield database
    await database.close()


async def meet(db: Database, first: Act, second: Act) -> None:
    """Runs both; the first commits once the second is done or waits for a lock."""
    counted, commit = asyncio.Event(), asyncio.Event()

    async def hold(_tx: Tx) -> None:
        counted.set()
        await commit.wait()

    async def begin() -> None:
        async with db.write() as tx:
            await first(tx)
            tx.finishing["hold"] = hold

    async def follow() -> None:
        async with db.write() as tx:
            await second(tx)

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(begin())
        await counted.wait()
        other = tasks.create_task(follow())
        while not other.done() and not await _somebody_waits(db):  # noqa: ASYNC110 - a lock tells nobody
            await asyncio.sleep(0.01)
        commit.set()


async def _somebody_waits(db: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with db.read() as tx:
        return bool(await tx.conn.scalar(sa.text(waiting)))


def answers(number: int, score: int, account: Account | None = None) -> Act:
    """An answer of Dana's that is written without a word about the contact, so that nothing else locks her row."""

    async def act(tx: Tx) -> None:
        contact = await tx.conn.scalar(sa.text("SELECT id FROM contacts WHERE key = :key"), {"key": DANA.key})
        known = await tx.conn.scalar(
            sa.text("SELECT id FROM accounts WHERE key = :key"), {"key": account.key if account else ""}
        )
        at = AT.replace(minute=number)
        told = SurveyResponse("csv", f"r{number}", score, at, at, DANA)
        await responses.save(tx, told, "relational", int(contact or 0), known, at)
        tallies.follow(tx, POLICY, [int(contact or 0)])

    return act


def knows(account: Account) -> Act:
    async def act(tx: Tx) -> None:
        await tallies.keep_account(tx, POLICY, account)

    return act


async def prepared(db: Database, *acts: Act) -> None:
    async with db.write() as tx:
        await responses.contact(tx, DANA)
        for account in (NORTHWIND, OTHER):
            await tallies.keep_account(tx, POLICY, account)
    for act in acts:
        async with db.write() as tx:
            await act(tx)


async def test_two_first_answers_of_one_contact_count_once(db: Database) -> None:
    await prepared(db)
    await meet(db, answers(1, 9), answers(2, 2))
    await check_kept(db, POLICY)


async def test_an_answer_and_what_becomes_known_of_its_account(db: Database) -> None:
    await prepared(db)
    await meet(db, answers(1, 9, NORTHWIND), knows(replace(NORTHWIND, segment="SMB")))
    await check_kept(db, POLICY)


async def test_what_becomes_known_of_an_account_and_an_answer(db: Database) -> None:
    await prepared(db, answers(1, 9, NORTHWIND))
    await meet(db, knows(replace(NORTHWIND, segment="SMB")), answers(2, 2, NORTHWIND))
    await check_kept(db, POLICY)


async def test_somebody_leaves_an_account_while_more_becomes_known_of_it(db: Database) -> None:
    await prepared(db, answers(1, 9, NORTHWIND))
    await meet(db, answers(2, 2, OTHER), knows(replace(NORTHWIND, segment="SMB")))
    await check_kept(db, POLICY)


async def test_two_say_different_things_of_an_account(db: Database) -> None:
    await prepared(db, answers(1, 9, NORTHWIND))
    await meet(db, knows(replace(NORTHWIND, segment="SMB")), knows(NORTHWIND))
    await check_kept(db, POLICY)
