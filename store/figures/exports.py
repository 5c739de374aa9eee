"""Everything that is kept, row by row, for an export. Each query streams: a million answers take no memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.cases.case import Case, Event
from recovery.readouts.registry import Item
from store.cases.case_rows import case_of, event_of_row
from store.engine import Tx
from store.figures.figure_tables import registry_cases, registry_items
from store.figures.registry import item_of
from store.tables import accounts, alarms, cases, contacts, events, responses

AT_ONCE = 1000  # rows fetched in one go


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part is wanted: one programme ("" for all), and a half-open span of aware UTC moments (None for all time).

    Answers belong to the span by responded_at, cases by submitted_at, items of the registry by opened_at.
    """

    programme: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_all(self) -> bool:
        return not self.programme and self.start is None and self.end is None

    def answers(self) -> list[sa.ColumnElement[bool]]:
        """What an answer has to fulfil."""
        return self._conditions(responses.c.programme, responses.c.responded_at)

    def cases(self) -> list[sa.ColumnElement[bool]]:
        """What a case has to fulfil."""
        return self._conditions(cases.c.programme, cases.c.submitted_at)

    def alarms(self) -> list[sa.ColumnElement[bool]]:
        """What an alarm, joined with its case, has to fulfil to be of the cut by itself."""
        return self._conditions(cases.c.programme, alarms.c.raised_at)

    def items(self) -> list[sa.ColumnElement[bool]]:
        """What an item of the registry has to fulfil."""
        return self._conditions(registry_items.c.programme, registry_items.c.opened_at)

    def _conditions(self, programme: sa.Column[Any], moment: sa.Column[Any]) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if self.programme:
            found.append(programme == self.programme)
        if self.start is not None:
            found.append(moment >= self.start)
        if self.end is not None:
            found.append(moment < self.end)
        return found


async def hold_still(tx: Tx) -> None:
    """Every query of this transaction sees the same moment; has to be its first statement. SQLite does so by itself."""
    if tx.postgres:
        await tx.conn.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def has_programme(tx: Tx, programme: str) -> bool:
    """Whether there is an answer of this programme, also of one that the policy no longer has."""
    found = sa.select(responses.c.id).where(responses.c.programme == programme).limit(1)
    return (await tx.conn.execute(found)).first() is not None


async def programmes(tx: Tx, cut: Cut) -> list[str]:
    """The programmes that have answers in the cut, by name."""
    query = sa.select(responses.c.programme).where(*cut.answers()).distinct()
    return sorted((await tx.conn.execute(query)).scalars())


async def all_contacts(tx: Tx, cut: Cut) -> AsyncIterator[sa.RowMapping]:
    """Contacts of the answers and cases of the cut, by id."""
    query = sa.select(contacts).order_by(contacts.c.id)
    async for row in _rows(tx, query.where(*_named_by(cut, contacts.c.id, "contact_id"))):
        yield row


async def all_accounts(tx: Tx, cut: Cut) -> AsyncIterator[sa.RowMapping]:
    """Accounts of the answers and cases of the cut, by id; without a cut also those that nobody has answered from."""
    query = sa.select(accounts).order_by(accounts.c.id)
    async for row in _rows(tx, query.where(*_named_by(cut, accounts.c.id, "account_id"))):
        yield row


async def all_answers(tx: Tx, cut: Cut) -> AsyncIterator[sa.RowMapping]:
    """Answers by id, each with `account_…` for what is known of its account now (None without one)."""
    known = [
        accounts.c[name].label(f"account_{name}")
        for name in ("key", "name", "acv", "renewal_date", "segment", "csm_email", "plan", "region", "customer_since")
    ]
    query = (
        sa.select(responses, *known)
        .outerjoin(accounts, accounts.c.id == responses.c.account_id)
        .where(*cut.answers())
        .order_by(responses.c.id)
    )
    async for row in _rows(tx, query):
        yield row


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case with the row of its account's facts: `acv` and `segment` as they are now."""

    case: Case
    acv: Any
    segment: str


async def all_cases(tx: Tx, cut: Cut) -> AsyncIterator[KeptCase]:
    """Cases by id."""
    query = (
        sa.select(cases, accounts.c.acv.label("the_acv"), accounts.c.segment.label("the_segment"))
        .outerjoin(accounts, accounts.c.id == cases.c.account_id)
        .where(*cut.cases())
        .order_by(cases.c.id)
    )
    async for row in _rows(tx, query):
        yield KeptCase(case_of(row), row["the_acv"], row["the_segment"] or "")


async def all_histories(tx: Tx, cut: Cut) -> AsyncIterator[tuple[int, Sequence[Event]]]:
    """(case's id, its history from the first event on), by id, for the cases of the cut."""
    query = _of_cases(sa.select(events), events.c.case_id, cut).order_by(events.c.case_id, events.c.version)
    case_id, history = 0, list[Event]()
    async for row in _rows(tx, query):
        if row["case_id"] != case_id and history:
            yield case_id, history
            history = []
        case_id = row["case_id"]
        history.append(event_of_row(row))
    if history:
        yield case_id, history


async def all_alarms(tx: Tx, cut: Cut) -> AsyncIterator[sa.RowMapping]:
    """Alarms of the cases of the cut, and those raised in its span, by id; with their case's programme and outcome."""
    outcome = sa.func.coalesce(cases.c.outcome, "").label("case_outcome")
    query = sa.select(alarms, cases.c.programme, outcome).join(cases, cases.c.id == alarms.c.case_id)
    raised = cut.alarms()
    if raised:
        query = query.where(sa.or_(sa.and_(*cut.cases()), sa.and_(*raised)))
    async for row in _rows(tx, query.order_by(alarms.c.id)):
        yield row


async def all_items(tx: Tx, cut: Cut) -> AsyncIterator[Item]:
    """Items of the action registry by number."""
    async for row in _rows(tx, sa.select(registry_items).where(*cut.items()).order_by(registry_items.c.id)):
        yield item_of(row)


async def all_links(tx: Tx, cut: Cut) -> AsyncIterator[tuple[int, int]]:
    """(item, case) of the items of the cut, by number."""
    query = sa.select(registry_cases).join(registry_items, registry_items.c.id == registry_cases.c.item_id)
    order = (registry_cases.c.item_id, registry_cases.c.case_id)
    async for row in _rows(tx, query.where(*cut.items()).order_by(*order)):
        yield row["item_id"], row["case_id"]


def _of_cases(query: sa.Select[Any], case_id: sa.Column[Any], cut: Cut) -> sa.Select[Any]:
    wanted = cut.cases()
    return query.join(cases, cases.c.id == case_id).where(*wanted) if wanted else query


def _named_by(cut: Cut, id_: sa.Column[Any], name: str) -> list[sa.ColumnElement[bool]]:
    if cut.is_all:
        return []
    by_answers = sa.select(responses.c[name]).where(*cut.answers(), responses.c[name].is_not(None))
    by_cases = sa.select(cases.c[name]).where(*cut.cases(), cases.c[name].is_not(None))
    return [id_.in_(sa.union(by_answers, by_cases))]


async def _rows(tx: Tx, query: sa.Select[Any]) -> AsyncIterator[sa.RowMapping]:
    async with tx.conn.stream(query.execution_options(yield_per=AT_ONCE)) as result:
        async for row in result.mappings():
            yield row
