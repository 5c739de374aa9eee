"""Escalations as the database counts them: those that somebody heard of, and how long they went unanswered."""

from datetime import timedelta

from recovery.cases.case import Case, Outcome, State
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level
from recovery.figures import case_figures
from recovery.figures.case_figures import Spread
from recovery.figures.share import Share
from store.cases import alarms
from store.cases.alarms import Raise
from store.engine import Database
from store.figures import monthly
from tests.figures.any_cases import A_BIT, END, HOUR, START, add_all
from tests.store.conftest import StillClock

WITHDRAWN = {"state": State.CLOSED, "outcome": Outcome.WITHDRAWN, "closed_at": START}


async def raises(db: Database, case: Case, level: Level, occurrence: int = 0, *, spoken: bool = True) -> int:
    async with db.write() as tx:
        alarm = Alarm(Step.OUTREACH, level, occurrence, tx.now)
        (row,) = await alarms.raise_all(tx, [Raise(case.id, alarm, spoken)])
        return row.id


async def test_only_what_somebody_heard_of_counts(db: Database, clock: StillClock) -> None:
    clock.at = START
    case, withdrawn, other = await add_all(db, [{}, WITHDRAWN, {"programme": "onboarding"}])
    for each in (case, withdrawn, other):
        for level in Level:
            await raises(db, each, level)
    await raises(db, case, Level.BREACH, 1, spoken=False)
    async with db.read() as tx:
        found = await monthly.escalations(tx, "relational", START, END)
    assert found.acknowledged == Share(0, len(case_figures.ESCALATIONS))
    assert found.took == Spread()


async def test_how_long_it_took_until_somebody_was_on_it(db: Database, clock: StillClock) -> None:
    (case,) = await add_all(db, [{}])
    raised = []
    for number in range(7):
        clock.at = START + number * HOUR
        raised.append(await raises(db, case, Level.BREACH, number))
    for number, id_ in enumerate(raised[:5]):
        clock.at = START + 10 * HOUR + number * A_BIT
        async with db.write() as tx:
            await alarms.acknowledge(tx, [id_], "U0MARCUS")
            rows = await alarms.of_case(tx, case.id)
    async with db.read() as tx:
        found = await monthly.escalations(tx, "relational", START, END)
    assert found == case_figures.escalations(row.raised for row in rows)
    assert found.acknowledged == Share(5, 7)
    assert found.took == Spread(8 * HOUR + 2 * A_BIT, 10 * HOUR, 5)


async def test_they_belong_to_the_time_in_which_they_were_raised(db: Database, clock: StillClock) -> None:
    (case,) = await add_all(db, [{"submitted_at": START - 30 * HOUR}])
    for number, moment in enumerate((START - A_BIT, START, END - A_BIT, END)):
        clock.at = moment
        await raises(db, case, Level.EXECUTIVE, number)
    async with db.read() as tx:
        assert (await monthly.escalations(tx, "relational", START, END)).acknowledged.whole == 2
        assert (await monthly.escalations(tx, "relational", END, END + timedelta(days=1))).acknowledged.whole == 1
