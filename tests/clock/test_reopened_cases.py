"""A case that is reopened, or gets more time, is heard of anew and not before: with real rows, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.flows.cases import steps
from bot.flows.cases.casework import Asker
from bot.flows.cases.steps import Seen
from bot.flows.clock import applying
from recovery.cases.case import Case, Outcome
from recovery.cases.steps import Step
from recovery.clock.alarms import LATE, Level
from recovery.policy.file import load_policy
from tests.clock.clocked import HOUR, MARCUS, RULES, Clocked
from tests.recovery.policies import SOUND

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def withdrawn_and_reopened(here: Clocked, case: Case) -> Case:
    async with here.db.write() as tx:
        now = await here.case(case)
        seen, asker = Seen(case.id, now.version), Asker(MARCUS)
        closed = await steps.close(tx, here.house, seen, Outcome.WITHDRAWN, "It was a test.", asker)
    here.clock.move(hours=20)
    async with here.db.write() as tx:
        return await steps.reopen(tx, here.house, Seen(case.id, closed.version), "It was none.", Asker(MARCUS))


async def late(here: Clocked, case: Case, step: Step) -> list[tuple[Level, datetime, bool]]:
    """What was raised of a missed deadline, when, and whether it still stands."""
    rows = [row for row in await here.alarms(case) if row.step is step and row.level in LATE]
    return [(row.level, row.raised_at, row.closed_at is None) for row in rows]


async def test_a_case_that_nobody_owned_asks_for_an_owner_anew(here: Clocked) -> None:
    case = await here.opens()
    await here.walks_to(MONDAY + 5 * HOUR)
    first = case.deadlines.assign
    assert await late(here, case, Step.ASSIGN) == [(Level.BREACH, first, True)]
    again = await withdrawn_and_reopened(here, case)
    deadline = again.deadlines.assign
    assert deadline > here.clock.at
    await here.walks_to(deadline - HOUR / 60)
    assert await late(here, case, Step.ASSIGN) == [(Level.BREACH, first, False)]
    await here.walks_to(deadline + 25 * HOUR)
    assert await late(here, case, Step.ASSIGN) == [
        (Level.BREACH, first, False),
        (Level.BREACH, deadline, True),
        (Level.EXECUTIVE, deadline + 24 * HOUR, True),
    ]
    nudges = [row for row in await here.alarms(case) if row.step is Step.ASSIGN and row.level is Level.NUDGE]
    assert len(nudges) == 2


async def test_more_time_ends_what_was_said_and_is_missed_anew(here: Clocked) -> None:
    case = await here.owned()
    first = MONDAY + 48 * HOUR
    await here.walks_to(MONDAY + 60 * HOUR)
    assert await late(here, case, Step.OUTREACH) == [(Level.BREACH, first, True)]
    longer = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "100h"') + RULES)
    here.house = replace(here.house, policy=longer)
    here.restart()
    async with here.db.write() as tx:
        moved = await applying.apply(tx, here.house, case.id)
    assert moved is not None
    deadline = MONDAY + 100 * HOUR
    assert moved.deadlines.outreach == deadline
    # What was said of the other deadline asks nobody for anything any more.
    assert await late(here, case, Step.OUTREACH) == [(Level.BREACH, first, False)]
    await here.walks_to(deadline - HOUR / 60)
    assert await late(here, case, Step.OUTREACH) == [(Level.BREACH, first, False)]
    await here.walks_to(deadline + 25 * HOUR)
    assert await late(here, case, Step.OUTREACH) == [
        (Level.BREACH, first, False),
        (Level.BREACH, deadline, True),
        (Level.EXECUTIVE, deadline + 24 * HOUR, True),
    ]
