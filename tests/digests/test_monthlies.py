"""A programme's month: counted from the rows, told once, to the executives' channel or to each leader."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.house import House
from recovery.cases.case import Outcome
from recovery.cases.progress import Verdict
from recovery.clock.absence import Days
from scheduler.chores import Chores
from store.engine import Database
from store.slack import absences
from store.slack.absences import Absence, AbsenceState
from store.slack.people import Place
from store.tables import accounts, jobs
from tests.digests.months import (
    ELENA,
    EXECUTIVES,
    MARCUS,
    PEOPLE,
    SAM,
    TOLD,
    acted,
    asked_for,
    autumn,
    case,
    contacted,
    ended,
    escalated,
    house,
    november,
    stocked,
    told,
)
from tests.people.stocked import DAY, HOUR, stock
from tests.store.conftest import StillClock

ONLY_ONBOARDING = [case(november(2), programme="onboarding")]


async def test_leadership_reads_the_month_beside_the_one_before(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house(cost=60_000)
    await Chores(db, it).beat()
    assert (await told(db, it))[EXECUTIVES] == [
        "Relational: November 2026",
        "*Contacted in 48 hours: 75 %* (3 of 4, 1 undecided) — slipping, target 90 % · October: 67 % (2 of 3)",
        "*Detractors:* 5 · October: 3",
        "*First contact, median:* 10 h · October: 4 h",
        "*Open now: 7* · *4 overdue* · at risk $7k",
        "*Action registry:* 3 open · *1 late* · 1 without a plan",
        "*Steps on time*",
        "Team told: 100 % of 5 · October: 100 %",
        "Owner named: 60 % of 5 · October: 100 %",
        "First contact: 75 % of 4 · October: 67 %",
        "Conversation: 25 % of 4 · October: 0 %",
        "Action committed: 25 % of 4 · October: 0 %",
        "Follow-up: none due yet · October: none due",
        "*Escalations:* 2 raised, 1 acknowledged (after 3 h) · October: 1 raised, acknowledged (after 5 h)",
        "*Saved:* none, 5 not measured yet · October: 1 ($1k), 1 not saved, 1 not measured yet",
        "*Won back in the last 2 months: 50 %* (1 of 2 measured)",
        "Too few to compare segments or root causes: fewer than 10 customers measured in each",
        "In that time the programme cost $10k and saved $1k a year: the cost is 10 times that",
        "Counted Tue 1 Dec, 09:00 UTC, by the month in which the customer answered.",
    ]


async def test_groups_with_enough_customers_are_told_by_their_names(db: Database, clock: StillClock) -> None:
    clock.at = TOLD
    at = datetime(2026, 2, 3, tzinfo=UTC)

    def measured(verdict: Verdict, cause: str) -> dict[str, object]:
        return contacted(at, 3, verdict=verdict, root_cause=cause) | ended(Outcome.RECOVERED, at + 20 * DAY)

    saved = [case(at, **measured(Verdict.SAVED, "Onboarding")) for _ in range(9)]
    lost = [case(at, **measured(Verdict.NOT_SAVED, "Price")) for _ in range(21)]
    too_early = case(datetime(2025, 11, 30, tzinfo=UTC), **measured(Verdict.SAVED, "Onboarding"))
    await stock(db, [*saved, *lost, too_early, case(november(29))])
    async with db.write() as tx:
        # Enterprise: 6 of 10; mid-market: 3 of 20. A name that differs only in how it is written is the same segment.
        for number in (*range(1, 7), *range(10, 14)):
            segment = "Enterprise" if number % 2 else "enterprise"
            await tx.conn.execute(sa.update(accounts).where(accounts.c.id == number).values(segment=segment))
        for number in (*range(7, 10), *range(14, 31)):
            await tx.conn.execute(sa.update(accounts).where(accounts.c.id == number).values(segment="mid-market"))
    it = house(cost=900)
    await Chores(db, it).beat()
    lines = (await told(db, it))[EXECUTIVES]
    first = next(number for number, line in enumerate(lines) if line.startswith("*Won back"))
    assert lines[first : first + 4] == [
        "*Won back in the last 12 months: 30 %* (9 of 30 measured) — best in class",
        "By segment: Enterprise 60 % (6 of 10) best, Mid-market 15 % (3 of 20) worst",
        "By root cause: only Price 0 % (0 of 21) has enough customers measured",
        "In that time the programme cost $900 and saved $9k a year: the cost is 10 % of that",
    ]


@pytest.mark.parametrize(
    ("monthly", "moved", "tells"),
    [
        ("09:00", timedelta(seconds=-1), False),
        ("09:00", timedelta(0), True),
        ("09:00", 6 * DAY, True),  # the bot was down
        ("09:00", 7 * DAY - timedelta(seconds=1), True),
        ("09:00", 7 * DAY, False),
        ("09:00", 8 * DAY, False),
        ("09:00", 4 * DAY, False),  # a Saturday
        ("09:00", 12 * HOUR, False),  # at night
        ("16:00", timedelta(0), False),
        ("16:00", 7 * HOUR, True),
        ("", timedelta(0), False),
    ],
)
async def test_the_month_is_told_at_its_time(
    db: Database, clock: StillClock, monthly: str, moved: timedelta, tells: bool
) -> None:
    await stock(db, autumn())
    clock.at = TOLD + moved
    it = house(monthly)
    await Chores(db, it).beat()
    assert (EXECUTIVES in await told(db, it)) is tells


async def test_without_a_channel_each_leader_hears_in_their_own_morning(db: Database, clock: StillClock) -> None:
    people = PEOPLE | {MARCUS: replace(PEOPLE[MARCUS], zone="Asia/Kolkata")}
    await stock(db, ONLY_ONBOARDING)
    it = house(people=people)
    heard = []
    for hour in range(24):
        clock.at = datetime(2026, 12, 1, hour, tzinfo=UTC)
        await Chores(db, it).beat()
        heard.append(sorted(await told(db, it)))
    assert heard == [[]] * 4 + [[MARCUS]] * 10 + [[ELENA, MARCUS]] * 10  # 9:30 in Kolkata, 9:00 in New York


async def test_quiet_hours_come_before_the_policys_time(db: Database, clock: StillClock) -> None:
    await stock(db, ONLY_ONBOARDING)
    it = house("06:00")  # people hear from eight on
    for minutes, hears in ((-60, False), (-1, False), (0, True)):
        clock.at = datetime(2026, 12, 1, 8, tzinfo=UTC) + timedelta(minutes=minutes)
        await Chores(db, it).beat()
        assert bool(await told(db, it)) is hears


async def test_who_is_away_hears_when_they_are_back_and_who_left_never(db: Database, clock: StillClock) -> None:
    await stock(db, ONLY_ONBOARDING)
    it = house(people=PEOPLE | {ELENA: replace(PEOPLE[ELENA], deleted=True)})
    async with db.write() as tx:
        await absences.save(tx, Absence(MARCUS, Days(date(2026, 11, 20), date(2026, 12, 2)), AbsenceState.AWAY))
    heard = []
    for day in range(1, 9):
        clock.at = datetime(2026, 12, day, 15, tzinfo=UTC)
        await Chores(db, it).beat()
        heard.append(sorted(await told(db, it)))
    assert heard == [[]] * 2 + [[MARCUS]] * 6


async def test_where_every_lead_has_left_the_admin_hears(db: Database, clock: StillClock) -> None:
    await stock(db, ONLY_ONBOARDING)
    it = house(people=PEOPLE | {user: replace(PEOPLE[user], deleted=True) for user in (MARCUS, ELENA)})
    clock.at = TOLD
    await Chores(db, it).beat()
    assert sorted(await told(db, it)) == [SAM]


@pytest.mark.parametrize(
    ("place", "hear"),
    [
        (None, []),  # nobody has looked yet whose name it is
        (Place("#exec", "C0REAL", "exec"), ["C0REAL"]),
        (Place("#exec", "", "exec", "channel_not_found"), [MARCUS]),
        (Place("#exec", "C0REAL", "exec", "not_in_channel"), [MARCUS]),
        (Place("#exec", "C0REAL", "exec", "ratelimited"), ["C0REAL"]),
    ],
)
async def test_a_channel_that_takes_nothing_is_no_channel(
    db: Database, clock: StillClock, place: Place | None, hear: list[str]
) -> None:
    await stock(db, [case(november(2))])
    clock.at = TOLD
    it = house()
    relational = it.policy.programmes["relational"].model_copy(update={"executives": "#exec"})
    it.policy = it.policy.model_copy(update={"programmes": {"relational": relational}})
    it.directory = replace(it.directory, places={place.ref: place} if place else {})
    await Chores(db, it).beat()
    assert sorted(await told(db, it)) == hear


async def test_a_programme_without_cases_is_left_in_peace(db: Database, clock: StillClock) -> None:
    await stock(db, [case(november(31)), case(november(31.2))])  # it began in December
    it = house()
    for hour in (0, 5):
        clock.at = TOLD + hour * HOUR
        await Chores(db, it).beat()
    assert await asked_for(db) == []


@pytest.mark.parametrize("what", ["the month before", "an escalation", "an open case", "an open action"])
async def test_anything_to_tell_is_told(db: Database, clock: StillClock, what: str) -> None:
    closed = ended(Outcome.RECOVERED, november(-5))
    before, long_before = november(-9), november(-200)
    of_when = {"the month before": case(before, **closed), "an open case": case(long_before)}
    await stock(db, [of_when.get(what, case(long_before, **closed))])
    if what == "an escalation":
        await escalated(db, clock, 1, november(5), None)
    if what == "an open action":
        await acted(db)
    clock.at = TOLD
    it = house()
    await Chores(db, it).beat()
    assert list(await told(db, it)) == [EXECUTIVES]


async def test_who_leads_two_programmes_hears_of_both(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house()
    relational = it.policy.programmes["relational"].model_copy(update={"executives": None})
    it.policy = it.policy.model_copy(update={"programmes": it.policy.programmes | {"relational": relational}})
    for _ in range(2):
        await Chores(db, it).beat()
    assert [place for _, place in await asked_for(db)] == [MARCUS, MARCUS]


async def test_a_programme_that_went_quiet_is_left_in_peace(db: Database, clock: StillClock) -> None:
    old = datetime(2026, 5, 4, tzinfo=UTC)
    await stock(db, [case(old, **contacted(old, 3), **ended(Outcome.RECOVERED, old + 20 * DAY))])
    it = house()
    for hour in (0, 5):
        clock.at = TOLD + hour * HOUR
        await Chores(db, it).beat()
    assert await asked_for(db) == []
    async with db.read() as tx:
        assert len((await tx.conn.execute(sa.select(jobs))).all()) == 3  # looked at once each, and never again


@pytest.mark.parametrize(
    ("cases", "first"),
    [
        ([case(november(-9))], "*No detractor answered.* · October: 0 % (0 of 1)"),
        ([case(november(-100))], "*No detractor answered.* · October: no detractor answered"),
        (
            [case(november(30, 20))],
            "*Contacted in 48 hours:* no first contact was due yet · October: no detractor answer",
        ),
        (
            [case(november(2), **ended(Outcome.WITHDRAWN, november(3))), case(november(-100))],
            "*No detractor answered.*",
        ),
    ],
)
async def test_what_there_is_none_of_is_said_in_words(
    db: Database, clock: StillClock, cases: list[object], first: str
) -> None:
    await stock(db, cases)  # type: ignore[arg-type] - they are cases
    clock.at = TOLD
    it = house(cost=60_000)
    await Chores(db, it).beat()
    lines = (await told(db, it))[EXECUTIVES]
    assert lines[1].startswith(first)
    whole = "\n".join(lines)
    assert "no customer has answered again yet" in whole
    assert "nothing has been saved yet" in whole
    assert not [word for word in ("nan", "none %", "!", "{") if word in whole.casefold()]


async def test_money_that_nobody_knows_is_said_in_words(db: Database, clock: StillClock) -> None:
    at = november(-20)
    saved = case(at, **contacted(at, 3, verdict=Verdict.SAVED), **ended(Outcome.RECOVERED, november(1)))
    await stock(db, [saved, case(november(3))])
    async with db.write() as tx:
        await tx.conn.execute(sa.update(accounts).values(acv=None))
    clock.at = TOLD
    it = house(cost=60_000)
    await Chores(db, it).beat()
    lines = (await told(db, it))[EXECUTIVES]
    assert "In that time the programme cost $10k; what the saved customers pay isn't known" in lines
    assert "*Saved:* none, 1 not measured yet · October: 1" in lines
    assert "*Open now: 1* · *1 overdue* · at risk: 1 account of unknown value" in lines


async def test_a_look_drawn_later_is_the_same(db: Database, clock: StillClock) -> None:
    await stocked(db, clock)
    it = house()
    await Chores(db, it).beat()
    before = await told(db, it)
    clock.move(days=40)
    async with db.write() as tx:
        await tx.conn.execute(sa.update(accounts).values(acv=Decimal(7)))
    workspace = it.policy.workspace.model_copy(update={"currency": "EUR"})
    it.policy = it.policy.model_copy(update={"workspace": workspace})
    assert await told(db, it) == before
    gone = it.policy.model_copy(update={"programmes": {"relational": it.policy.programmes["relational"]}})
    assert {to for to, lines in (await told(db, House(gone))).items() if lines} == {EXECUTIVES}
