"""What people do to a case ends what the clock said of it: alarms, messages, timers."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.flows.cases import casework, saving, steps
from bot.flows.cases.casework import Asker
from bot.flows.clock import applying, clock
from bot.flows.watching import reporting
from recovery.cases.case import Case, Change, Outcome
from recovery.cases.steps import Step
from recovery.clock import waiting
from recovery.clock.alarms import Level
from store.cases import alarms, cases
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from tests.clock.clocked import ELENA, HOUR, JEN, MARCUS, PRIYA, RULES, SAM, Clocked

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATE_MONDAY = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


async def test_a_claim_ends_the_search_for_an_owner(here: Clocked) -> None:
    case = await here.opens()
    await here.walks_to(MONDAY + 7 * HOUR)
    (bulletin,) = await here.bulletins(ELENA)
    before = await here.wanted(f"bulletin:{ELENA}:{bulletin}")
    await here.claims(case)
    assert {row.closed_why for row in await here.alarms(case)} == {f"claimed {PRIYA}"}
    assert await here.wanted(f"bulletin:{ELENA}:{bulletin}") == before + 1
    # What comes later of the case no longer concerns that message.
    await here.tries(case)
    assert await here.wanted(f"bulletin:{ELENA}:{bulletin}") == before + 1


async def test_a_logged_step_is_said_no_more(here: Clocked) -> None:
    """Done in the night, before the morning at which it would have been said."""
    here.clock.at = LATE_MONDAY
    case = await here.owned()
    await here.jumps(hours=24.5)
    assert [(level, user) for level, _, user in await here.heard(case)] == [(Level.NUDGE, PRIYA)]
    await here.tries(case)
    assert await here.heard(case) == []
    assert [row.closed_why for row in await here.alarms(case)] == [f"outreach_logged {PRIYA}"]
    await here.walks_to(LATE_MONDAY + timedelta(days=2))
    assert await here.bulletins(PRIYA) == []
    due = await here.timer(case)
    assert due is not None
    assert due > here.clock.at


async def test_a_closed_case_has_no_clock_and_a_reopened_one_has(here: Clocked) -> None:
    case = await here.owned()
    await here.walks_to(MONDAY + 49 * HOUR)
    async with here.db.write() as tx:
        await casework.withdraw(tx, here.house, case.id, Outcome.WITHDRAWN, "A test.", Asker(MARCUS))
    assert await here.timer(case) is None
    assert all(row.closed_at is not None for row in await here.alarms(case))
    async with here.db.write() as tx:
        now = await cases.get(tx, case.id)
        await steps.reopen(tx, here.house, steps.Seen(case.id, now.version), "It was real.", Asker(MARCUS))
    assert await here.timer(case) is not None


async def test_another_owner_starts_anew(here: Clocked) -> None:
    case = await here.owned()
    await here.walks_to(MONDAY + 49 * HOUR)
    async with here.db.write() as tx:
        await casework.assign(tx, here.house, case.id, JEN, Asker(MARCUS))
    assert {row.closed_why for row in await here.alarms(case)} == {f"assigned {MARCUS}"}
    assert await here.timer(case) == MONDAY + 73 * HOUR


async def test_who_is_on_it_has_the_whole_time_once(here: Clocked) -> None:
    case = await here.owned()
    await here.walks_to(MONDAY + 50 * HOUR)
    (breach,) = [row for row in await here.alarms(case) if row.level is Level.BREACH]
    (bulletin,) = await here.bulletins(ELENA)
    before = await here.wanted(f"bulletin:{ELENA}:{bulletin}")
    async with here.db.write() as tx:
        assert await clock.acknowledge(tx, here.house, case.id, [breach.id], ELENA) == [breach.id]
    assert await here.wanted(f"bulletin:{ELENA}:{bulletin}") == before + 1
    assert await here.timer(case) == MONDAY + 74 * HOUR
    here.clock.move(hours=1)
    async with here.db.write() as tx:
        assert await clock.acknowledge(tx, here.house, case.id, [breach.id], MARCUS) == []
    (after,) = [row for row in await here.alarms(case) if row.level is Level.BREACH]
    assert (after.acknowledged_by, after.acknowledged_at) == (ELENA, MONDAY + 50 * HOUR)
    assert await here.timer(case) == MONDAY + 74 * HOUR


@pytest.mark.parametrize(("how", "then"), [("pause", Level.NUDGE), ("snooze", Level.BREACH)])
async def test_what_nobody_heard_yet_is_decided_anew_after_a_silence(here: Clocked, how: str, then: Level) -> None:
    """Waiting moves the deadline, so it is still a nudge; a snooze doesn't, so it is a breach by then."""
    here.clock.at = LATE_MONDAY
    case = await here.owned()
    await here.jumps(hours=24.5)
    assert len(await here.heard(case)) == 1
    until = here.clock.at + timedelta(days=1)
    await silences(here, case, how, until)
    assert await here.heard(case) == []
    assert await here.alarms(case) == []
    due = await here.timer(case)
    assert due is not None
    assert due >= until
    await here.walks_to(until + timedelta(days=2))
    assert (await here.heard(case))[0] == (then, "owner", PRIYA)


async def test_what_was_heard_stays_raised_through_a_silence(here: Clocked) -> None:
    case = await here.owned()
    await here.walks_to(MONDAY + 25 * HOUR)
    before = await here.alarms(case)
    await silences(here, case, "snooze", here.clock.at + timedelta(days=1))
    assert await here.alarms(case) == before
    (bulletin,) = await here.bulletins(PRIYA)
    assert await here.wanted(f"bulletin:{PRIYA}:{bulletin}") == 2


@pytest.mark.parametrize("how", ["pause", "snooze"])
async def test_what_shows_a_silence_is_drawn_again_once_when_it_is_over(here: Clocked, how: str) -> None:
    case = await here.owned()
    until = MONDAY + 6 * HOUR
    await silences(here, case, how, until)
    card, home = f"case:{case.id}", f"home:{PRIYA}"
    async with here.db.write() as tx:
        await outbox.want(tx, Wanted(home, PRIYA, Rank.REFRESH))
    before = await here.wanted(card), await here.wanted(home)
    await here.walks_to(until - timedelta(minutes=1))
    assert (await here.wanted(card), await here.wanted(home)) == before
    await here.walks_to(until)
    assert (await here.wanted(card), await here.wanted(home)) == (before[0] + 1, before[1] + 1)
    # The nudge comes much later and changes no card; only the home of who hears it.
    await here.walks_to(MONDAY + 31 * HOUR)
    assert await here.spoken(case, Step.OUTREACH) == [Level.NUDGE]
    assert await here.wanted(card) == before[0] + 1


async def test_a_silence_that_ended_while_nobody_looked_is_drawn_after_all(here: Clocked) -> None:
    case = await here.owned()
    await silences(here, case, "snooze", MONDAY + 6 * HOUR)
    before = await here.wanted(f"case:{case.id}")
    await here.sleeps(hours=20)
    assert await here.wanted(f"case:{case.id}") == before + 1


async def test_what_was_said_of_a_deadline_that_moved_is_over(here: Clocked) -> None:
    """And what is said of the new one stands, whatever else happens to the case."""
    case = await here.owned()
    await here.walks_to(MONDAY + 49 * HOUR)
    (bulletin,) = await here.bulletins(ELENA)
    before = await here.wanted(f"bulletin:{ELENA}:{bulletin}")
    here.ruled('[tiers.slow]\nname = "Slow"\noutreach = "96h"\n' + RULES)
    async with here.db.write() as tx:
        assert await applying.apply(tx, here.house, case.id, SAM)
    assert {row.closed_why for row in await here.alarms(case) if row.level is Level.BREACH} == {f"retimed {SAM}"}
    assert await here.wanted(f"bulletin:{ELENA}:{bulletin}") == before + 1
    await here.walks_to(MONDAY + 97 * HOUR)
    assert await here.spoken(case, Step.OUTREACH) == [Level.NUDGE, Level.URGE, Level.BREACH, Level.BREACH]
    await silences(here, case, "snooze", here.clock.at + timedelta(days=1))
    assert [row.closed_at is None for row in await here.alarms(case) if row.level is Level.BREACH] == [False, True]


async def test_a_managers_home_knows_what_stands(here: Clocked) -> None:
    mine, other = await here.owned(), await here.owned()
    await here.walks_to(MONDAY + 49 * HOUR)
    await here.tries(other)
    async with here.db.read() as tx:
        found = await alarms.open_for(tx, ELENA, [Level.BREACH, Level.EXECUTIVE, Level.AGAIN])
        assert [(row.case_id, row.step, row.level) for row in found] == [(mine.id, Step.OUTREACH, Level.BREACH)]
        assert await alarms.open_for(tx, ELENA, [Level.NUDGE]) == []
        assert await alarms.open_for(tx, JEN, list(Level)) == []


async def silences(here: Clocked, case: Case, how: str, until: datetime) -> None:
    rule = waiting.pause if how == "pause" else waiting.snooze
    async with here.db.write() as tx:
        now = await cases.get(tx, case.id)
        change: Change = rule(now, until, "They asked for it.", PRIYA, tx.now, here.house.policy.pause)
        await saving.save(tx, here.house, change)


@pytest.mark.parametrize(("waited", "again"), [(timedelta(seconds=20), 0), (timedelta(minutes=40), 1)])
async def test_a_card_that_came_late_shows_from_when_on_an_owner_is_due(
    here: Clocked, waited: timedelta, again: int
) -> None:
    """The owner is due from when people could see the card; one that is there at once is not sent twice."""
    case = await here.opens()
    card = f"case:{case.id}"
    before = await here.wanted(card)
    here.clock.at = here.clock.at + waited
    async with here.db.write() as tx:
        await reporting.posted(tx, here.house, card)
    assert await here.wanted(card) == before + again
    async with here.db.read() as tx:
        flagged = await cases.get(tx, case.id)
        rung = clock.rings_at(here.house, flagged, await alarms.of_case(tx, case.id), tx.now)
    assert flagged.deadlines.assign is not None
    assert case.deadlines.assign is not None
    assert flagged.deadlines.assign - case.deadlines.assign == waited
    assert rung == await here.timer(case)
