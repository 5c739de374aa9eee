"""Cases: the version is compared and set, the history only grows, a contact has one open case in a programme."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from recovery.cases import case as rules
from recovery.cases.case import Case, Deadlines, Event, EventKind, Outcome, Routing, State, Urgency
from recovery.errors import Refusal, UnknownCase
from recovery.survey import Account, Contact, SurveyResponse
from store.cases import cases, queues, responses
from store.engine import Database, Tx
from store.errors import Contended, Stale
from store.tables import events
from tests.store.conftest import StillClock


async def answer(tx: Tx, at: datetime, number: int = 1) -> tuple[int, int]:
    """(contact, response) of one stored answer of Dana's."""
    contact = await responses.contact(tx, Contact("dana@northwind.example", "Dana Okafor", "dana@northwind.example"))
    found = SurveyResponse("generic", f"r{number}", 2, at, at, Contact("dana@northwind.example"))
    return contact, await responses.save(tx, found, "relational", contact, None, at)


async def open_case(db: Database, number: int = 1) -> Case:
    async with db.write() as tx:
        contact, response = await answer(tx, tx.now, number)
        case = Case(
            id=0,
            programme="relational",
            contact_id=contact,
            account_id=None,
            response_id=response,
            state=State.OPEN,
            urgency=Urgency.CRITICAL,
            urgency_why='"cancel"',
            routing=Routing("U7", "Priya is next in rotation"),
            opened_at=tx.now,
            submitted_at=tx.now,
            deadlines=Deadlines(tx.now, tx.now, "four business hours", "48 hours"),
        )
        return await cases.add(tx, case, Event(EventKind.OPENED, "winback", tx.now, after="2"))


async def test_a_case_comes_back_as_it_was_put(db: Database) -> None:
    case = await open_case(db)
    async with db.read() as tx:
        assert await cases.get(tx, case.id) == case
        assert [event.kind for event in await cases.history(tx, case.id)] == [EventKind.OPENED]


async def test_there_is_no_such_case(db: Database) -> None:
    async with db.read() as tx:
        with pytest.raises(UnknownCase, match="no case 99"):
            await cases.get(tx, 99)


async def test_who_saves_an_old_version_is_refused(db: Database) -> None:
    case = await open_case(db)
    async with db.write() as tx:
        await cases.save(tx, rules.claim(case, "U1", tx.now))
    with pytest.raises(Stale):
        async with db.write() as tx:
            await cases.save(tx, rules.claim(case, "U2", tx.now))
    async with db.read() as tx:
        assert (await cases.get(tx, case.id)).owner == "U1"
        assert len(await cases.history(tx, case.id)) == 2


async def test_of_many_who_claim_at_once_one_owns(db: Database) -> None:
    case = await open_case(db)

    async def claim(user: str) -> str:
        try:
            async with db.write() as tx:
                await cases.save(tx, rules.claim(await cases.get(tx, case.id), user, tx.now))
        except (Contended, Refusal):
            return ""
        return user

    owners = [user for user in await asyncio.gather(*(claim(f"U{n}") for n in range(12))) if user]
    assert len(owners) == 1
    async with db.read() as tx:
        assert (await cases.get(tx, case.id)).owner == owners[0]
        claims = [event for event in await cases.history(tx, case.id) if event.kind is EventKind.CLAIMED]
        assert [event.after for event in claims] == owners


async def test_without_the_version_both_would_own(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is what holds: with the comparison taken out, an old value overwrites a newer one."""
    case = await open_case(db)
    blind = sa.update(cases.cases).where(cases.cases.c.id == sa.bindparam("the_id")).values(owner=sa.bindparam("owner"))
    async with db.write() as tx:
        await cases.save(tx, rules.claim(case, "U1", tx.now))
    monkeypatch.setattr(cases, "_SAVE", blind)
    with pytest.raises(IntegrityError):  # the history is the second guard: one event for each version
        async with db.write() as tx:
            await cases.save(tx, rules.claim(case, "U2", tx.now))


async def test_one_open_case_for_a_contact_in_a_programme(db: Database) -> None:
    case = await open_case(db)
    with pytest.raises(IntegrityError):
        await open_case(db, number=2)
    async with db.write() as tx:
        await cases.save(tx, rules.withdraw(case, Outcome.WITHDRAWN, "a test", "U9", tx.now))
    again = await open_case(db, number=2)
    async with db.read() as tx:
        found = await cases.open_of_contact(tx, again.contact_id, "relational")
    assert found is not None
    assert found.id == again.id


async def test_history_can_only_grow(db: Database) -> None:
    case = await open_case(db)
    async with db.write() as tx:
        case = await cases.save(tx, rules.claim(case, "U1", tx.now))
        case = await cases.save(tx, rules.release(case, "U1", tx.now, "on holiday"))
    async with db.read() as tx:
        history = await cases.history(tx, case.id)
        versions = list((await tx.conn.execute(sa.select(events.c.version).order_by(events.c.id))).scalars())
    assert [event.kind.value for event in history] == ["opened", "claimed", "released"]
    assert history[-1].note == "on holiday"
    assert versions == [1, 2, 3]


async def test_what_an_account_leaves_empty_stays(db: Database) -> None:
    async with db.write() as tx:
        first = await responses.account(tx, Account("northwind", "Northwind", segment="enterprise", region="EU"))
        again = await responses.account(tx, Account("northwind", "Northwind Traders", region="US"))
        found = await responses.get_account(tx, first)
    assert first == again
    assert found == Account("northwind", "Northwind Traders", segment="enterprise", region="US")


async def test_queues_list_the_owners_cases_and_those_without(db: Database, clock: StillClock) -> None:
    case = await open_case(db)
    cut = queues.Cut()
    async with db.read() as tx:
        waiting = await queues.unowned(tx, ["relational"], cut)
        assert [each.case.id for each in waiting.rows] == [case.id]
        assert waiting.total == 1
        assert (await queues.unowned(tx, ["onboarding"], cut)).total == 0
        assert (await queues.unowned(tx, [], cut)).total == 0
    async with db.write() as tx:
        await cases.save(tx, rules.claim(case, "U1", clock.now()))
    async with db.read() as tx:
        mine = await queues.pressing(tx, "U1", 10)
        assert (await queues.unowned(tx, ["relational"], cut)).rows == ()
        assert [held.id for held in await queues.held_by(tx, "U1")] == [case.id]
    assert [(each.case.id, each.score, each.contact_name, each.ts) for each in mine.rows] == [
        (case.id, 2, "Dana Okafor", "")
    ]
    assert replace(mine.rows[0].case, version=1).owner == "U1"
