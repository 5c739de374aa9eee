"""Cases left alone, in time: what is said, to whom, how often, and after a silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.flows.cases import absence
from recovery.cases.case import EventKind, State
from recovery.cases.steps import OutreachResult, Step
from recovery.clock.alarms import Level
from store.cases import cases, notices
from tests.clock.clocked import ELENA, HOUR, JEN, LENA, MARCUS, PRIYA, RULES, Clocked

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LOUD = '\n[quiet]\nhours = ""\n'


async def test_a_case_walks_from_the_first_nudge_to_the_last_repeat(here: Clocked) -> None:
    here.ruled(RULES + LOUD)
    case = await here.owned()
    await here.walks_to(MONDAY + timedelta(days=10))
    assert await here.spoken(case, Step.OUTREACH) == [
        Level.NUDGE, Level.URGE, Level.BREACH, Level.EXECUTIVE, Level.AGAIN, Level.AGAIN, Level.AGAIN,
    ]  # fmt: skip
    raised = {
        (row.level, row.occurrence): row.raised_at for row in await here.alarms(case) if row.step is Step.OUTREACH
    }
    assert raised[Level.NUDGE, 0] == MONDAY + 24 * HOUR
    assert raised[Level.URGE, 0] == MONDAY + 0.8 * 48 * HOUR
    assert raised[Level.BREACH, 0] == MONDAY + 48 * HOUR
    assert raised[Level.EXECUTIVE, 0] == MONDAY + 72 * HOUR
    heard = [(level, user) for level, _, user in await here.heard(case)]
    assert heard.count((Level.NUDGE, PRIYA)) >= 1
    assert (Level.BREACH, PRIYA) in heard
    assert (Level.BREACH, ELENA) in heard
    assert (Level.NUDGE, ELENA) not in heard


async def test_a_case_that_nobody_takes_goes_to_the_leads_and_up(here: Clocked) -> None:
    case = await here.opens()
    await here.walks_to(MONDAY + timedelta(days=4))
    assert await here.spoken(case, Step.ASSIGN) == [
        Level.NUDGE, Level.URGE, Level.BREACH, Level.EXECUTIVE, Level.AGAIN, Level.AGAIN,
    ]  # fmt: skip
    reminded = {user for level, _, user in await here.heard(case) if level is Level.NUDGE}
    assert reminded == {MARCUS, LENA}


async def test_every_walk_ends(here: Clocked) -> None:
    """Nobody ever acts: each alarm is raised once, and then the case's clock stands still."""
    case = await here.opens()
    await here.walks_to(MONDAY + timedelta(days=120))
    raised = await here.alarms(case)
    assert len({(row.step, row.level, row.occurrence) for row in raised}) == len(raised)
    assert {row.step for row in raised} == {Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION}
    assert await here.timer(case) is None
    before = len(await here.bulletins(ELENA))
    await here.walks_to(MONDAY + timedelta(days=400))
    assert len(await here.bulletins(ELENA)) == before


async def test_nothing_is_said_in_quiet_hours(here: Clocked) -> None:
    here.clock.at = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    case = await here.owned()
    await here.walks_to(datetime(2026, 11, 25, 23, 0, tzinfo=UTC))
    assert await here.spoken(case, Step.OUTREACH) == [Level.NUDGE]
    assert await here.bulletins(PRIYA) == []
    await here.walks_to(datetime(2026, 11, 26, 7, 59, tzinfo=UTC))
    assert await here.bulletins(PRIYA) == []
    await here.walks_to(datetime(2026, 11, 26, 8, 0, tzinfo=UTC))
    (bulletin,) = await here.bulletins(PRIYA)
    assert await here.said(bulletin) == [(case.id, Level.NUDGE)]


async def test_many_at_once_are_two_messages(here: Clocked) -> None:
    """The first goes at once; what comes within the ten minutes after it is gathered."""
    found = []
    for _ in range(12):
        found.append(await here.owned())
        here.clock.move(seconds=20)
    await here.walks_to(MONDAY + 25 * HOUR)
    first, second = await here.bulletins(PRIYA)
    assert await here.said(first) == [(found[0].id, Level.NUDGE)]
    assert await here.said(second) == [(case.id, Level.NUDGE) for case in found[1:]]


async def test_after_an_outage_each_case_speaks_once_at_its_highest(here: Clocked) -> None:
    found = [await here.owned() for _ in range(5)]
    await here.rings()
    await here.sleeps(days=3)
    for case in found:
        raised = [row for row in await here.alarms(case) if row.step is Step.OUTREACH]
        assert [row.level for row in raised if row.spoken] == [Level.EXECUTIVE]
        assert {row.level for row in raised} == {Level.NUDGE, Level.URGE, Level.BREACH, Level.EXECUTIVE}
    (bulletin,) = await here.bulletins(ELENA)
    assert sorted(await here.said(bulletin)) == [(case.id, Level.EXECUTIVE) for case in found]
    assert await outage_of(here, bulletin) == timedelta(days=3).total_seconds()
    assert await here.bulletins(PRIYA) == []
    # It goes on from there, one step at a time, and no longer speaks of the outage.
    await here.jumps(hours=24)
    _, again = await here.bulletins(ELENA)
    assert {level for _, level in await here.said(again)} == {Level.AGAIN}
    assert await outage_of(here, again) == 0


async def test_a_moved_clock_is_no_outage(here: Clocked) -> None:
    """Business time jumps, as in the demo, while the process looks all the time."""
    await here.owned()
    await here.rings()
    await here.jumps(days=2)
    (bulletin,) = await here.bulletins(PRIYA)
    assert await outage_of(here, bulletin) == 0


async def test_the_first_start_is_no_outage(here: Clocked) -> None:
    await here.owned()
    await here.sleeps(days=2)
    (bulletin,) = await here.bulletins(PRIYA)
    assert await outage_of(here, bulletin) == 0


async def test_an_idle_owner_is_asked_and_then_the_case_goes_back(here: Clocked) -> None:
    here.ruled("")
    case = await here.owned(by=JEN)
    await here.walks_to(MONDAY + 34 * HOUR)
    assert Level.IDLE in await here.spoken(case, Step.OUTREACH)
    assert ((await here.case(case)).owner, (await here.case(case)).state) == (JEN, State.CLAIMED)
    await here.walks_to(MONDAY + 48 * HOUR)
    now = await here.case(case)
    assert (now.owner, now.state) == ("", State.OPEN)
    assert now.routing.user not in {"", JEN}
    async with here.db.read() as tx:
        released = [event for event in await cases.history(tx, case.id) if event.kind is EventKind.RELEASED]
    assert [(event.actor, event.before) for event in released] == [("winback", JEN)]
    for user in (JEN, MARCUS, LENA):
        assert await here.wanted(f"dm:{user}:case:{case.id}:{now.version}") == 1, user
    # The next owner has hands of their own; until then the case waits for one.
    assert await here.timer(case) is not None
    assert {row.closed_at is None for row in await here.alarms(case) if row.level is Level.IDLE} == {False}


async def test_who_tries_is_not_idle(here: Clocked) -> None:
    here.ruled("")
    case = await here.owned(by=JEN)
    here.clock.move(hours=1)
    await here.tries(case, JEN, OutreachResult.BOUNCED)
    await here.walks_to(MONDAY + 47 * HOUR)
    assert Level.IDLE not in await here.spoken(case, Step.OUTREACH)
    assert (await here.case(case)).owner == JEN


async def test_who_left_before_their_morning_is_replaced(here: Clocked) -> None:
    """Raised in the evening for two people; by the morning one has left and the other is away."""
    here.clock.at = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    case = await here.owned()
    await here.walks_to(datetime(2026, 11, 25, 20, 45, tzinfo=UTC))
    assert {(role, user) for level, role, user in await here.heard(case) if level is Level.BREACH} == {
        ("owner", PRIYA), ("manager", ELENA),
    }  # fmt: skip
    people = dict(here.house.directory.people)
    people[ELENA] = replace(people[ELENA], deleted=True)
    here.house.directory = replace(here.house.directory, people=people)
    async with here.db.write() as tx:
        await absence.plan(tx, here.house, PRIYA, "2026-11-26 to 2026-11-27")
    await here.walks_to(datetime(2026, 11, 26, 8, 30, tzinfo=UTC))
    heard = {(role, user) for level, role, user in await here.heard(case) if level is Level.BREACH}
    assert {role for role, _ in heard} == {"stand-in"}
    assert not {user for _, user in heard} & {PRIYA, ELENA}
    assert await here.bulletins(ELENA) == []
    for _, user in heard:
        assert (case.id, Level.BREACH) in [
            said for each in await here.bulletins(user) for said in await here.said(each)
        ]


async def outage_of(here: Clocked, bulletin: int) -> float:
    async with here.db.read() as tx:
        found = await notices.get_bulletin(tx, bulletin)
    assert found is not None
    return float(found.about.get("outage", 0))
