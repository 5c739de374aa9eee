"""What the database counts of cases is what the pure rules make of their rows, of any cases."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from recovery import case_figures
from recovery.alarms import Alarm, Level, Raised
from recovery.case import Case, Change, Event, EventKind, Outcome, State
from recovery.progress import Pause, Progress, Verdict
from recovery.steps import Step
from recovery.survey import Account, Contact, SurveyResponse
from store import alarms, cases, figures, responses
from store.alarms import Raise
from store.closed_loop import closed_loop
from store.engine import Database
from tests.figures.answers import POLICY
from tests.recovery.step_values import CASE
from tests.store.conftest import StillClock

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEGMENTS = ("", "Enterprise", "mid-market", "SMB")


async def add(db: Database, number: int, **changes: object) -> Case:
    """A case of a contact of its own; `company` is the number of its account, None for none."""
    company = changes.pop("company", None)
    async with db.write() as tx:
        contact = await responses.contact(tx, Contact(f"c{number}@x.example"))
        account = None
        if isinstance(company, int):
            money = (None, Decimal("60000.50"), Decimal(0))[company % 3]
            known = Account(f"acc{company}", f"Company {company}", acv=money, segment=SEGMENTS[company % 4])
            account = await responses.account(tx, known)
        at = START + HOUR
        answer = SurveyResponse("csv", f"r{number}", 2, at, at, Contact(f"c{number}@x.example"))
        row = await responses.save(tx, answer, "relational", contact, account, at)
        new = replace(CASE, id=0, contact_id=contact, account_id=account, response_id=row, **changes)
        return await cases.add(tx, new, Event(EventKind.OPENED, "winback", at))


def any_case(rng: random.Random) -> dict[str, object]:
    """What may differ from case to case and tells in a figure."""
    submitted = rng.choice([START, END - timedelta(microseconds=1), END, START + rng.random() * (END - START)])
    due = submitted + 48 * HOUR
    contacted = rng.choice([None, due, due + timedelta(microseconds=1), submitted + rng.random() * 90 * HOUR])
    progress = Progress(
        contacted_at=contacted,
        verdict=rng.choice([None, None, *Verdict]),
        commitments=rng.randrange(3),
        pauses=(Pause(submitted, submitted + HOUR, "They asked."),) if rng.random() < 0.2 else (),
    )
    closed = rng.random() < 0.7
    return {
        "programme": rng.choice(["relational", "relational", "onboarding"]),
        "submitted_at": submitted,
        "deadlines": replace(CASE.deadlines, outreach=due),
        "progress": progress,
        "state": State.CLOSED if closed else rng.choice([State.OPEN, State.CLAIMED]),
        "outcome": rng.choice(list(Outcome)) if closed else None,
        "closed_at": submitted + 60 * HOUR if closed else None,
        "company": rng.choice([None, *range(7)]),
    }


@pytest.mark.parametrize("seed", range(4))
async def test_every_figure_is_the_one_of_the_rows(db: Database, clock: StillClock, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(60):
        await add(db, number, **any_case(rng))
    for moment in (clock.at, END + 100 * HOUR, START + 30 * HOUR):
        clock.at = moment
        for programmes in (["relational"], ["relational", "onboarding"], ["nobody"]):
            async with db.read() as tx:
                rows = await figures.case_rows(tx, POLICY, programmes, START, END)
                found = await closed_loop(tx, programmes, START, END)
            assert bool(rows) == ("relational" in programmes)
            assert found.contacted == case_figures.contacted(rows, moment)
            assert found.outreach == case_figures.time_to_outreach(rows)
            assert found.saved == case_figures.saved(rows)
            assert found.money == case_figures.money(rows)


async def test_no_cases_at_all(db: Database) -> None:
    async with db.read() as tx:
        found = await closed_loop(tx, ["relational"], START, END)
        assert await figures.case_rows(tx, POLICY, ["relational"], START, END) == []
        assert await figures.open_rows(tx, POLICY, ["relational"]) == []
    assert found.contacted.share.percent is None
    assert found.outreach.median is None
    assert found.money.at_risk.total == Decimal(0)


async def test_a_row_is_that_of_its_case(db: Database, clock: StillClock) -> None:
    """Each field, by way of the database and of the value."""
    rng = random.Random(11)
    added = [await add(db, number, **any_case(rng)) for number in range(30)]
    clock.at = END + HOUR
    async with db.read() as tx:
        found = {row.id: row for row in await figures.case_rows(tx, POLICY, ["relational", "onboarding"], START, END)}
        opened = {row.id for row in await figures.open_rows(tx, POLICY, ["relational", "onboarding"])}
        for case in added:
            account = await responses.get_account(tx, case.account_id)
            named = POLICY.segment_named(account.segment) if account and account.segment else None
            segment = named.key if named else (account.segment.casefold() if account else "")
            right = case_figures.row_of(
                case,
                clock.at,
                acv=account.acv if account else None,
                segment=segment,
                most_waiting=POLICY.pause.most,
                flag_due=case.submitted_at + POLICY.ladder.flag.amount,
            )
            assert (case.id in found) == (START <= case.submitted_at < END)
            assert (case.id in opened) == (case.state is not State.CLOSED)
            assert found.get(case.id, right) == right


async def test_saving_a_case_keeps_its_columns(db: Database) -> None:
    case = await add(db, 1, progress=Progress())
    at = datetime(2026, 11, 21, 8, 0, 0, 250000, tzinfo=UTC)
    then = replace(case, progress=Progress(contacted_at=at, verdict=Verdict.SAVED))
    async with db.write() as tx:
        await cases.save(tx, Change(then, Event(EventKind.MEASURED, "winback", at)))
    async with db.read() as tx:
        loop = await closed_loop(tx, ["relational"], START, END)
    assert loop.contacted.share.part == 1
    assert loop.outreach.median == at - case.submitted_at
    assert loop.saved.saved == 1


async def test_escalations_are_those_that_somebody_heard_of(db: Database, clock: StillClock) -> None:
    clock.at = START
    case = await add(db, 1)
    withdrawn = await add(db, 2, state=State.CLOSED, outcome=Outcome.WITHDRAWN, closed_at=START)
    said = [(Level.NUDGE, True), (Level.BREACH, False), (Level.EXECUTIVE, True), (Level.AGAIN, True)]
    async with db.write() as tx:
        for place, (level, spoken) in enumerate(said):
            alarm = Alarm(Step.OUTREACH, level, place, clock.at)
            raised = await alarms.raise_all(tx, [Raise(case.id, alarm, spoken), Raise(withdrawn.id, alarm, spoken)])
    clock.move(hours=3)
    async with db.write() as tx:
        everything = await alarms.of_case(tx, case.id)
        assert (len(everything), len(raised)) == (len(said), 2)
        await alarms.acknowledge(tx, [each.id for each in everything], "U0MARCUS")
    async with db.read() as tx:
        found = await figures.escalated(tx, ["relational"], START, END)
        assert await figures.escalated(tx, ["relational"], START + HOUR, END) == []
        assert await figures.escalated(tx, ["onboarding"], START, END) == []
    assert found == [Raised(Step.OUTREACH, Level.EXECUTIVE, 2, START, START + 3 * HOUR, "U0MARCUS")]
    assert case_figures.escalations(found).took.median == 3 * HOUR
