"""Databases full of cases whose clock is about to ring, without the story that made them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bench.harness import POLICY
from bot.house import House
from recovery.cases.case import Case, Routing, State, Urgency
from recovery.cases.progress import Progress
from recovery.clock.sla import deadlines
from recovery.policy.file import load_policy
from store.cases.case_rows import values_of
from store.engine import Database, Tx
from store.slack.people import Directory, Person
from store.tables import accounts, cases, contacts, responses, timers

OWNERS = ("U0PRIYA", "U0JEN", "U0KOFI")
LEAD = "U0MARCUS"
HALF = timedelta(hours=24)  # of the time in which somebody has to be contacted
CHUNK = 2_000


def house() -> House:
    """The demo's policy, with its owners and its lead as the people who are there."""
    policy = load_policy(POLICY.read_text("utf-8"))
    people = {user: Person(user, name=user, zone="Europe/London") for user in (*OWNERS, LEAD)}
    by_email = dict.fromkeys(policy.people(), LEAD)
    return House(policy, Directory(people, by_email))


def owned(of: House, submitted: Iterable[datetime]) -> list[Case]:
    """Cases that an owner took at once and did nothing about, numbered from 1."""
    programme = of.policy.programmes["relational"]
    return [
        Case(
            id=number,
            programme=programme.key,
            contact_id=number,
            account_id=number,
            response_id=number,
            state=State.CLAIMED,
            urgency=Urgency.NORMAL,
            urgency_why="",
            routing=Routing("", ""),
            opened_at=at,
            submitted_at=at,
            deadlines=deadlines(of.policy, programme, at, at),
            owner=OWNERS[number % len(OWNERS)],
            flagged_at=at,
            assigned_at=at,
            progress=Progress(hands=1, held_since=at),
        )
        for number, at in enumerate(submitted, start=1)
    ]


def asked(found: Iterable[Case]) -> list[Case]:
    """The same after one attempt to reach the customer: nobody asks their owners whether they are on it."""
    return [replace(case, progress=replace(case.progress, attempts=1)) for case in found]


async def stock(db: Database, found: Sequence[Case], due: Sequence[datetime], *, again: bool = False) -> None:
    """These cases, each with a contact, an account and an answer of its own, and their clocks set.

    `again`: the cases of before were taken out, and the new ones are those of the same customers.
    """
    for start in range(0, len(found), CHUNK):
        async with db.write() as tx:
            if not again:
                await _put_customers(tx, found[start : start + CHUNK])
            await _put_cases(tx, found[start : start + CHUNK], due[start : start + CHUNK])


async def _put_customers(tx: Tx, found: Sequence[Case]) -> None:
    await tx.conn.execute(sa.insert(contacts), [{"id": each.id, "key": f"c{each.id}", "name": "A"} for each in found])
    await tx.conn.execute(sa.insert(accounts), [{"id": each.id, "key": f"a{each.id}", "name": "B"} for each in found])
    answers = [
        {
            "id": case.id, "source": "bench", "response_id": f"r{case.id}", "programme": case.programme,
            "contact_id": case.id, "account_id": case.id, "case_id": case.id, "score": 2, "category": "detractor",
            "responded_at": case.submitted_at, "version_at": case.submitted_at, "received_at": case.submitted_at,
        }
        for case in found
    ]  # fmt: skip
    await tx.conn.execute(sa.insert(responses), answers)


async def _put_cases(tx: Tx, found: Sequence[Case], due: Sequence[datetime]) -> None:
    await tx.conn.execute(sa.insert(cases), [values_of(case) | {"id": case.id, "version": 1} for case in found])
    rings = [{"case_id": case.id, "kind": "clock", "due_at": at} for case, at in zip(found, due, strict=True)]
    await tx.conn.execute(sa.insert(timers), rings)
