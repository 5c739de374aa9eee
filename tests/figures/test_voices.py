"""Whose people see it differently: what is left out beforehand would not have been named."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.figures.periods import quarter
from recovery.readouts.readout import Divergence, Voice, diverging
from recovery.survey import Account, Contact, SurveyResponse
from store.cases import responses
from store.engine import Database
from store.figures import figures
from store.tables import responses as rows
from tests.figures.oracle import Answer, latest

Q3 = quarter(2026 * 4 + 2)
ROLES = ("", "CFO", "cfo ", "Admin", "admin", "user")


@pytest.mark.parametrize("seed", range(6))
async def test_the_diverging_accounts_are_those_of_all_voices(db: Database, seed: int) -> None:
    rng = random.Random(seed)
    async with db.write() as tx:
        accounts = [await responses.account(tx, Account(f"a{number}", f"A{number}")) for number in range(12)]
        for number in range(90):
            person = Contact(f"p{rng.randrange(60)}@x.example")
            at = Q3.start + rng.random() * timedelta(days=110)
            contact = await responses.contact(tx, person)
            told = SurveyResponse("csv", f"r{number}", rng.randrange(11), at, at, person, role=rng.choice(ROLES))
            programme = rng.choice(["relational", "relational", "onboarding"])
            await responses.save(tx, told, programme, contact, rng.choice([None, *accounts]), at)
    async with db.read() as tx:
        found = diverging(await figures.voices(tx, "relational", Q3))
        kept = {row.id: row for row in await tx.conn.execute(sa.select(rows))}
    in_it = (row for row in kept.values() if row.programme == "relational" and Q3.covers(row.responded_at))
    newest = latest(Answer(row.contact_id, row.id, row.responded_at, row.score) for row in in_it)
    right = diverging(
        Voice(kept[each.id].account_id, kept[each.id].role, each.score)
        for each in newest
        if kept[each.id].account_id is not None
    )
    assert found == right
    assert right


async def test_an_executive_and_users_of_one_account(db: Database) -> None:
    async with db.write() as tx:
        account = await responses.account(tx, Account("northwind", "Northwind"))
        for number, (role, score) in enumerate([("CFO", 9), ("user", 5), ("User", 5), ("", 0)]):
            person, at = Contact(f"p{number}@x.example"), Q3.start
            told = SurveyResponse("csv", f"r{number}", score, at, at, person, role=role)
            contact = await responses.contact(tx, person)
            await responses.save(tx, told, "relational", contact, account, at)
    async with db.read() as tx:
        found = diverging(await figures.voices(tx, "relational", Q3))
        names = await figures.account_names(tx, [account])
    assert found == (Divergence(account, (("cfo", 9), ("user", 5))),)
    assert names == {account: "Northwind"}
