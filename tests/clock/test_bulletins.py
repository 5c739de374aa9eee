"""One message about very many cases: only what it shows is drawn, and that is the most urgent."""

from collections.abc import Collection

import sqlalchemy as sa

from bot.flows.clock import bulletins
from bot.surfaces import BulletinSurface
from bot.views.alerts import MOST_ROWS
from bot.views.look import Look
from recovery.cases.case import Case
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level
from recovery.clock.receivers import Part
from store.cases import alarms, notices
from store.cases.alarms import Raise
from store.cases.notices import BulletinKind, Notice
from store.tables import cases as cases_table
from store.tables import contacts, responses
from tests.clock.clocked import ELENA, HOUR, TOMAS, Clocked
from tests.support.reading import read

MANY = 1000


async def test_a_thousand_cases_cost_as_much_as_sixteen(here: Clocked) -> None:
    """By what is asked of the database: every case that is drawn asks for its answer, its account, its neighbours."""
    first = await here.owned()
    copies = await copied(here, first, MANY - 1)
    few = await bulletin_of(here, TOMAS, [first.id, *copies[:MOST_ROWS]])
    many = await bulletin_of(here, ELENA, [first.id, *copies])
    cheap, look = await drawn(here, TOMAS, few)
    cost, crowd = await drawn(here, ELENA, many)
    assert len(rows_of(look)) == len(rows_of(crowd)) == MOST_ROWS
    assert "and 1 more on your Home" in read(look.blocks)
    assert f"and {MANY - MOST_ROWS} more on your Home" in read(crowd.blocks)
    assert "1,000 cases need you" in read(crowd.blocks)
    assert cost == cheap


async def test_the_most_urgent_of_many_are_shown(here: Clocked) -> None:
    """The last ones that were raised: critical, or already with the sponsor; what is over makes room."""
    first = await here.owned()
    numbers = [first.id, *await copied(here, first, 59)]
    sponsor, critical, over = numbers[-3:], numbers[-6:-3], numbers[:3]
    async with here.db.write() as tx:
        await tx.conn.execute(sa.update(cases_table).where(cases_table.c.id.in_(critical)).values(urgency="critical"))
    bulletin = await bulletin_of(here, ELENA, numbers, sponsor)
    async with here.db.write() as tx:
        rows = [row for number in over for row in await alarms.of_case(tx, number)]
        await alarms.close(tx, [row.id for row in rows], "withdrawn U0MARCUS")
    _, look = await drawn(here, ELENA, bulletin)
    shown = rows_of(look)
    async with here.db.read() as tx:
        case_of = {row.id: number for number in numbers for row in await alarms.of_case(tx, number)}
    found = [case_of[number] for number in shown]
    assert len(found) == MOST_ROWS
    assert set(found[:3]) == set(critical)
    assert set(found[3:6]) == set(sponsor)
    assert not set(found) & set(over)
    assert "57 cases need you" in read(look.blocks)


async def copied(here: Clocked, case: Case, number: int) -> list[int]:
    """So many cases like this one, each of a customer of its own; their numbers."""
    tables = (contacts, responses, cases_table)
    async with here.db.write() as tx:
        asked = [case.contact_id, case.response_id, case.id]
        models = [
            dict((await tx.conn.execute(sa.select(table).where(table.c.id == row))).mappings().one())
            for table, row in zip(tables, asked, strict=True)
        ]
        numbers = [1000 + each for each in range(number)]
        contact, response, whole = models
        for table, rows in (
            (contacts, [{**contact, "id": n, "key": f"copy-{n}"} for n in numbers]),
            (responses, [{**response, "id": n, "contact_id": n, "response_id": f"copy-{n}"} for n in numbers]),
            (cases_table, [{**whole, "id": n, "contact_id": n, "response_id": n} for n in numbers]),
        ):
            await tx.conn.execute(sa.insert(table), rows)
    return numbers


async def bulletin_of(here: Clocked, reader: str, numbers: list[int], top: Collection[int] = ()) -> int:
    """One message in which these cases stand, all overdue; those of `top` for a day longer."""
    due = here.clock.at - HOUR
    async with here.db.write() as tx:
        wanted = [
            Raise(n, Alarm(Step.OUTREACH, Level.EXECUTIVE if n in top else Level.BREACH, 0, due), spoken=True)
            for n in numbers
        ]
        await alarms.raise_all(tx, wanted)
        raised = await alarms.of_cases(tx, numbers)
        bulletin = await notices.make_bulletin(tx, reader, BulletinKind.ALERTS)
        told = [Notice(rows[-1].id, n, reader, Part.MANAGER.value, "", tx.now) for n, rows in raised.items()]
        await notices.add(tx, told)
        await notices.say(tx, reader, bulletin)
    return bulletin


async def drawn(here: Clocked, reader: str, bulletin: int) -> tuple[int, Look]:
    """How many statements the look took, and the look."""
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    async with here.db.read() as tx:
        connection = tx.conn.sync_connection
        assert connection is not None
        sa.event.listen(connection, "before_cursor_execute", count)
        look = await bulletins.look_of(tx, here.house, BulletinSurface(reader, bulletin))
        sa.event.remove(connection, "before_cursor_execute", count)
    assert look is not None
    return len(statements), look


def rows_of(look: Look) -> list[int]:
    """The alarms that have a row, from top to bottom."""
    found = [str(block["block_id"]) for block in look.blocks]
    return [int(each.removeprefix("alert:")) for each in found if each.startswith("alert:")]
