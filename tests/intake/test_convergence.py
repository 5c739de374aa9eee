"""Whatever the order of delivery, the newest version of each answer is what we end up with."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flows.cases.intake import take_in
from bot.house import House
from recovery.policy.file import load_policy
from recovery.survey import Contact, SurveyResponse
from store.clock import SystemClock
from store.engine import Database, Tx
from store.migrate import migrate
from store.tables import accounts, cases, contacts, events, outbox, responses
from tests.support.story import POLICY

ASKED = datetime(2026, 9, 3, 14, 0, tzinfo=UTC)
CONTACTS = ("ana@customer.example", "ben@customer.example")


@dataclass(frozen=True, slots=True)
class Version:
    """One telling of an answer: which of two contacts' three answers, which version of it, and what it says."""

    answer: int
    number: int
    score: int

    def told(self) -> SurveyResponse:
        email = CONTACTS[self.answer % 2]
        return SurveyResponse(
            source="generic",
            response_id=f"r{self.answer}",
            score=self.score,
            responded_at=ASKED,
            version_at=ASKED + timedelta(minutes=self.number),
            contact=Contact(email, "", email),
            verbatim=f"Version {self.number}",
            programme="relational",
        )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Version], list[Version]]:
    """Versions in their own order, and the same ones as they might be delivered: shuffled, some more than once."""
    scores = st.lists(st.integers(0, 10), min_size=1, max_size=4)
    told = [Version(a, n, s) for a in range(3) for n, s in enumerate(draw(scores))]
    again = draw(st.lists(st.sampled_from(told), max_size=4))
    return told, draw(st.permutations(told + again))


class Undone(Exception):
    """Ends a transaction that was only looked at."""


async def ending(db: Database, house: House, told: Sequence[Version]) -> tuple[object, object]:
    """What stands in the tables after these deliveries, taken in one after the other; then it is undone."""
    with contextlib.suppress(Undone):
        async with db.write() as tx:
            for version in told:
                await take_in(tx, house, version.told(), tx.now)
            found = (await _answers(tx), await _sound(tx))
            raise Undone
    return found


async def _answers(tx: Tx) -> list[tuple[object, ...]]:
    columns = (responses.c.response_id, responses.c.score, responses.c.category, responses.c.verbatim)
    rows = await tx.conn.execute(sa.select(*columns, responses.c.version_at).order_by(responses.c.response_id))
    return [tuple(row) for row in rows]


async def _sound(tx: Tx) -> object:
    """What has to hold after every delivery; what is returned must not depend on the order."""
    open_cases = (await tx.conn.execute(sa.select(cases.c.contact_id))).scalars().all()
    assert len(open_cases) == len(set(open_cases)) <= len(CONTACTS)
    # Whoever is a detractor now has a case, and every answer that hangs on a case hangs on its contact's.
    detractors = sa.select(responses.c.id).where(responses.c.category == "detractor", responses.c.case_id.is_(None))
    assert (await tx.conn.execute(detractors)).scalars().all() == []
    strangers = sa.select(responses.c.id).join(cases, cases.c.id == responses.c.case_id)
    strangers = strangers.where(cases.c.contact_id != responses.c.contact_id)
    assert (await tx.conn.execute(strangers)).scalars().all() == []
    cards = sa.select(sa.func.count()).where(outbox.c.surface.like("case:%"), outbox.c.surface.not_like("%note%"))
    assert (await tx.conn.execute(cards)).scalar_one() == len(open_cases)
    written = sa.select(sa.func.count()).select_from(events).group_by(events.c.case_id).order_by(events.c.case_id)
    versions = sa.select(cases.c.version).order_by(cases.c.id)
    assert (await tx.conn.execute(written)).scalars().all() == (await tx.conn.execute(versions)).scalars().all()
    people = (await tx.conn.execute(sa.select(contacts.c.key).order_by(contacts.c.key))).scalars().all()
    assert (await tx.conn.execute(sa.select(accounts.c.id))).scalars().all() == []
    return people


@pytest.mark.parametrize("order", ["shuffled", "backwards"])
def test_any_order_of_delivery_ends_alike(database_url: str, order: str) -> None:
    house = House(load_policy(POLICY.read_text("utf-8")))
    with asyncio.Runner() as runner:
        db = runner.run(_opened(database_url))

        @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
        @given(history=histories())
        def check(history: tuple[list[Version], list[Version]]) -> None:
            told, delivered = history
            arriving = delivered if order == "shuffled" else told[::-1]
            assert runner.run(ending(db, house, arriving)) == runner.run(ending(db, house, told))

        try:
            check()
        finally:
            runner.run(db.close())


async def _opened(database_url: str) -> Database:
    db = Database(database_url, SystemClock())
    await migrate(db)
    return db
