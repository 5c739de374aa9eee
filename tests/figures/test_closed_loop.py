"""What the database counts of cases is what the pure rules make of their rows, of any cases."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.cases.case import Change, Event, EventKind, State
from recovery.cases.progress import Progress, Verdict
from recovery.figures import case_figures
from recovery.figures.case_figures import OpenFigures
from recovery.figures.case_row import CaseRow, row_of
from recovery.policy.values import parse_limit
from recovery.readouts import readout
from store.cases import cases, responses
from store.engine import Database, Tx
from store.figures import monthly, open_counts
from store.figures.closed_loop import case_figures as figures_of
from store.figures.closed_loop import closed_loop, promises
from store.figures.leaders import by_owner, by_team
from store.figures.monthly import By
from store.figures.steps_on_time import steps_on_time
from tests.figures.answers import POLICY
from tests.figures.any_cases import A_BIT, DAY, END, HOUR, OWNERS, START, add_all, any_case
from tests.figures.rows import case_rows, open_rows
from tests.store.conftest import StillClock

PROGRAMMES = ["relational", "onboarding"]
SEEDS = range(3)
SOME = 120
TEAMS = {"all": OWNERS, "two": OWNERS[1:3], "one twice": [OWNERS[1], OWNERS[1]], "nobody": [], "others": ["U0ELENA"]}


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at the database, and the rows of the relational cases of the span as they stand then."""

    tx: Tx
    rows: list[CaseRow]
    at: datetime

    @property
    def counted(self) -> list[CaseRow]:
        return [row for row in self.rows if row.counts]


async def looks(db: Database, clock: StillClock, seed: int) -> AsyncIterator[Looked]:
    """Before, within and after the time of any cases, and at the very moments at which things fall due."""
    rng = random.Random(seed)
    added = await add_all(db, [any_case(rng) for _ in range(SOME)])
    due = [case.deadlines.outreach for case in rng.sample(added, 2)]
    for moment in (clock.at, END + 100 * DAY, START + 30 * HOUR, *due, due[0] + A_BIT):
        clock.at = moment
        async with db.read() as tx:
            yield Looked(tx, await case_rows(tx, POLICY, ["relational"], START, END), moment)


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_figure_is_the_one_of_the_rows(db: Database, clock: StillClock, seed: int) -> None:
    async for look in looks(db, clock, seed):
        assert len(look.counted) > SOME // 4
        found = await closed_loop(look.tx, ["relational"], START, END)
        assert found.contacted == case_figures.contacted(look.rows, look.at)
        assert found.outreach == case_figures.time_to_outreach(look.rows)
        assert found.saved == case_figures.saved(look.rows)
        assert await figures_of(look.tx, ["relational"], START, END) == case_figures.case_figures(look.rows, look.at)
        both = await case_rows(look.tx, POLICY, PROGRAMMES, START, END)
        assert await figures_of(look.tx, PROGRAMMES, START, END) == case_figures.case_figures(both, look.at)


@pytest.mark.parametrize("seed", SEEDS)
async def test_open_cases_by_step_lateness_money_and_rank(db: Database, clock: StillClock, seed: int) -> None:
    async for look in looks(db, clock, seed):
        rows = await open_rows(look.tx, POLICY, ["relational"])
        found = await open_counts.open_figures(look.tx, ["relational"])
        right = case_figures.open_figures(rows, look.at)
        assert found == right
        assert list(found.steps) == list(right.steps)
        assert await open_counts.at_risk(look.tx, ["relational"]) == case_figures.money(rows).at_risk
        ranked = [row.id for row in readout.look_first(rows, look.at, len(rows))]
        late = [row.id for row in readout.look_first(rows, look.at, len(rows)) if row.late_by(look.at)]
        assert await open_counts.look_first(look.tx, ["relational"], 1000) == ranked
        assert await open_counts.look_first(look.tx, ["relational"], 3, 2) == ranked[2:5]
        assert await open_counts.look_first(look.tx, ["relational"], 1000, only_late=True) == late
        assert await open_counts.look_first(look.tx, ["relational"], 4, 1, only_late=True) == late[1:5]


@pytest.mark.parametrize("seed", SEEDS)
async def test_owners_and_teams(db: Database, clock: StillClock, seed: int) -> None:
    async for look in looks(db, clock, seed):
        owners = await by_owner(look.tx, "relational", START, END)
        everything = case_figures.grouped(look.rows, lambda row: row.owner)
        grouped = {key: rows for key, rows in everything.items() if any(row.counts for row in rows)}
        assert owners.keys() == grouped.keys()
        teams = await by_team(look.tx, "relational", START, END, owners, TEAMS)
        in_teams = {
            team: [row for row in look.rows if row.owner in set(people) & grouped.keys()]
            for team, people in TEAMS.items()
        }
        assert teams.keys() == {team for team, rows in in_teams.items() if rows}
        for found, rows in [(owners[key], rows) for key, rows in grouped.items()] + [
            (teams[team], rows) for team, rows in in_teams.items() if rows
        ]:
            assert found.cases == sum(row.counts for row in rows)
            assert found.contacted == case_figures.contacted(rows, look.at)
            assert found.saved == case_figures.saved(rows)
            assert found.paid == case_figures.money(rows).saved


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("flag", ["1h", "2 business hours"])
async def test_steps_on_time(db: Database, clock: StillClock, seed: int, flag: str) -> None:
    """Also with a flag's limit that only runs in working hours."""
    policy = POLICY.model_copy(update={"ladder": POLICY.ladder.model_copy(update={"flag": parse_limit(flag)})})
    async for look in looks(db, clock, seed):
        rows = await case_rows(look.tx, policy, ["relational"], START, END)
        found = await steps_on_time(look.tx, policy, "relational", START, END)
        right = case_figures.steps_on_time(rows, look.at)
        assert found == right
        assert list(found) == list(right)


@pytest.mark.parametrize("seed", SEEDS)
async def test_recovery_and_outreach_by_group(db: Database, clock: StillClock, seed: int) -> None:
    key_of = {By.SEGMENT: lambda row: row.segment, By.ROOT_CAUSE: lambda row: row.root_cause, By.TIER: tier_of}
    async for look in looks(db, clock, seed):
        for by, key in key_of.items():
            grouped = case_figures.grouped(look.rows, key)
            found = await monthly.recovery_by(look.tx, POLICY, "relational", START, END, by)
            assert found == {name: case_figures.saved(rows) for name, rows in grouped.items()}
            assert list(found) == list(grouped)
            took = await monthly.outreach_by(look.tx, POLICY, "relational", START, END, by)
            right = {name: case_figures.time_to_outreach(rows) for name, rows in grouped.items()}
            assert took == {name: each for name, each in right.items() if each.n}


def tier_of(row: CaseRow) -> str:
    return row.tier


@pytest.mark.parametrize("seed", SEEDS)
async def test_waiting_on_the_customer(db: Database, clock: StillClock, seed: int) -> None:
    async for look in looks(db, clock, seed):
        found = await monthly.waited(look.tx, POLICY, "relational", START, END)
        assert found == case_figures.waited(look.rows)


async def test_no_cases_at_all(db: Database) -> None:
    async with db.read() as tx:
        loop = await closed_loop(tx, ["relational"], START, END)
        assert await figures_of(tx, ["relational"], START, END) == case_figures.CaseFigures()
        assert await open_counts.open_figures(tx, ["relational"]) == OpenFigures()
        assert (await open_counts.at_risk(tx, ["relational"])).total == Decimal(0)
        assert await open_counts.look_first(tx, ["relational"], 3) == []
        assert await open_counts.renewals(tx, [None]) == {}
        assert await by_owner(tx, "relational", START, END) == {}
        assert await by_team(tx, "relational", START, END, {}, TEAMS) == {}
        assert await steps_on_time(tx, POLICY, "relational", START, END) == case_figures.steps_on_time([], tx.now)
        assert (await monthly.escalations(tx, "relational", START, END)).acknowledged.percent is None
        assert await monthly.recovery_by(tx, POLICY, "relational", START, END, By.SEGMENT) == {}
        assert await monthly.outreach_by(tx, POLICY, "relational", START, END, By.TIER) == {}
        assert await monthly.waited(tx, POLICY, "relational", START, END) == case_figures.Waited()
    assert loop.contacted.share.percent is None
    assert loop.outreach.median is None
    assert loop.saved.acv_saved == Decimal(0)


async def test_a_programme_that_the_policy_forgot_still_has_its_steps(db: Database, clock: StillClock) -> None:
    rng = random.Random(5)
    await add_all(db, [any_case(rng) | {"programme": "gone"} for _ in range(20)])
    async with db.read() as tx:
        rows = await case_rows(tx, POLICY, ["gone"], START, END)
        assert await steps_on_time(tx, POLICY, "gone", START, END) == case_figures.steps_on_time(rows, clock.at)


async def test_a_row_is_that_of_its_case(db: Database, clock: StillClock) -> None:
    """Each field, by way of the database and of the value."""
    rng = random.Random(11)
    added = await add_all(db, [any_case(rng) for _ in range(30)])
    clock.at = END + HOUR
    async with db.read() as tx:
        found = {row.id: row for row in await case_rows(tx, POLICY, PROGRAMMES, START, END)}
        for case in added:
            account = await responses.get_account(tx, case.account_id)
            named = POLICY.segment_named(account.segment) if account and account.segment else None
            segment = named.key if named else (account.segment.strip().casefold() if account else "")
            right = row_of(
                case,
                clock.at,
                acv=account.acv if account else None,
                segment=segment,
                most_waiting=POLICY.pause.most,
                flag_due=case.submitted_at + POLICY.ladder.flag.amount,
            )
            assert (case.id in found) == (START <= case.submitted_at < END)
            assert found.get(case.id, right) == right


async def test_saving_a_case_keeps_its_columns(db: Database) -> None:
    (case,) = await add_all(db, [{"submitted_at": START + DAY, "progress": Progress(), "state": State.CLAIMED}])
    at = datetime(2026, 11, 21, 8, 0, 0, 250000, tzinfo=UTC)
    then = replace(case, progress=Progress(contacted_at=at, verdict=Verdict.SAVED))
    async with db.write() as tx:
        await cases.save(tx, Change(then, Event(EventKind.MEASURED, "winback", at)))
    async with db.read() as tx:
        loop = await closed_loop(tx, ["relational"], START, END)
    assert loop.contacted.share.whole == 1
    assert loop.outreach.median == at - case.submitted_at
    assert loop.saved.saved == 1


@pytest.mark.parametrize(
    ("query", "index"),
    [(promises(postgres=False), "ix_cases_promises"), (monthly.escalated(postgres=False), "ix_alarms_escalated")],
)
async def test_an_index_serves(db: Database, query: sa.Select[Any], index: str) -> None:
    """On SQLite, which tells how it will go about a statement before it has seen any rows."""
    async with db.read() as tx:
        if tx.postgres:
            return
        asked = query.params(programmes=["relational"], start=START, end=END)
        compiled = asked.compile(tx.conn.engine.sync_engine, compile_kwargs={"render_postcompile": True})
        text = str(compiled)
        plan = await tx.conn.exec_driver_sql("EXPLAIN QUERY PLAN " + text, ("",) * text.count("?"))
        assert any(index in row[3] for row in plan)
