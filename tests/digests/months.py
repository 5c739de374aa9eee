"""A programme's autumn, made by hand: what leadership is told of November on the first working day of December."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.flows.clock import monthlies
from bot.house import House
from recovery.cases.case import Case, Deadlines, Outcome, State, Urgency
from recovery.cases.progress import Progress, Verdict
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level
from recovery.policy.file import DigestRules, FigureRules, load_policy
from recovery.readouts.registry import Plan
from store.cases import alarms, notices
from store.cases.alarms import Raise
from store.engine import Database
from store.figures import registry
from store.slack.people import Directory, Person
from store.tables import bulletins, outbox
from tests.people.stocked import DAY, HOUR, stock
from tests.store.conftest import StillClock
from tests.support.briefs import CASE, PROMISE
from tests.support.reading import read

POLICY = (Path(__file__).parent.parent.parent / "demo" / "policy.toml").read_text("utf-8")
TOLD = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday; London is at UTC
PRIYA, MARCUS, ELENA, SAM = "U0PRIYA", "U0MARCUS", "U0ELENA", "U0SAM"
PEOPLE = {
    PRIYA: Person(PRIYA, "priya@acme.example", "Priya", "Europe/London"),
    MARCUS: Person(MARCUS, "marcus@acme.example", "Marcus", "Europe/London"),
    ELENA: Person(ELENA, "elena@acme.example", "Elena", "America/New_York"),
    SAM: Person(SAM, "sam@acme.example", "Sam", "Europe/London"),
}
EXECUTIVES = "G0EXEC"  # of the relational programme; onboarding has none


def house(monthly: str = "09:00", people: dict[str, Person] | None = None, cost: int = 0) -> House:
    """Without mornings and weeks: these tests count messages."""
    policy = load_policy(POLICY).model_copy(
        update={
            "digests": DigestRules(morning="", weekly="", monthly=monthly),
            "figures": FigureRules.model_validate({"programme_cost": cost}),
        }
    )
    known = PEOPLE if people is None else people
    return House(policy, Directory(people=known, by_email={each.email: user for user, each in known.items()}))


def november(day: float, hour: float = 0) -> datetime:
    """So many days and hours after the last of October has begun: November 1 is the first."""
    return datetime(2026, 10, 31, tzinfo=UTC) + day * DAY + hour * HOUR


def case(at: datetime, **changes: object) -> Case:
    """A case of Priya's, submitted then, with the deadlines of the ladder, flagged and assigned within the hour."""
    deadlines = Deadlines(
        assign=at + 4 * HOUR,
        outreach=at + 48 * HOUR,
        assign_why="",
        outreach_why="",
        conversation=at + 7 * DAY,
        action=at + 14 * DAY,
    )
    whole = replace(
        CASE,
        state=State.CLAIMED,
        owner=PRIYA,
        submitted_at=at,
        opened_at=at,
        flagged_at=at + HOUR / 2,
        assigned_at=at + HOUR,
        urgency=Urgency.NORMAL,
        deadlines=deadlines,
    )
    return replace(whole, **changes)  # type: ignore[arg-type] - tests name fields freely


def contacted(at: datetime, hours: float, **further: object) -> dict[str, object]:
    return {"progress": replace(Progress(contacted_at=at + hours * HOUR), **further)}  # type: ignore[arg-type] - as above


def ended(outcome: Outcome, at: datetime) -> dict[str, object]:
    return {"state": State.CLOSED, "outcome": outcome, "closed_at": at}


def autumn() -> list[Case]:
    """Eight cases of November and October, each of an account that pays $1,000, and others that don't belong there."""
    whole_way = {
        "conversation_at": november(13),
        "action": PROMISE,
        "first_committed_at": november(15),
        "commitments": 1,
        "follow_up_due": november(15) + 30 * DAY,
        "verdict": Verdict.PENDING,
    }
    saved = {"verdict": Verdict.SAVED, "root_cause": "Onboarding"}
    october = [datetime(2026, 10, day, tzinfo=UTC) for day in range(1, 32)]
    last_moment = november(1) - timedelta(microseconds=1)
    return [
        case(november(1), **contacted(november(1), 1)),  # the first moment of the month
        case(november(10), **contacted(november(10), 10, **whole_way)),
        case(november(12), **contacted(november(12), 20), assigned_at=november(12, 5)),  # its owner came late
        case(november(15), owner="", assigned_at=None, state=State.OPEN),
        case(november(30, 20)),  # can still be contacted in time
        case(november(11), **ended(Outcome.WITHDRAWN, november(12))),
        case(
            october[4],
            **contacted(october[4], 60, verdict=Verdict.NOT_SAVED),
            **ended(Outcome.NOT_RECOVERED, october[20]),
        ),
        case(october[5], **contacted(october[5], 4, **saved), **ended(Outcome.RECOVERED, october[20])),
        case(last_moment, **contacted(last_moment, 2)),
        case(november(31)),  # the first moment of December
        case(november(2), programme="onboarding", **contacted(november(2), 3)),
    ]


async def escalated(db: Database, clock: StillClock, number: int, at: datetime, answered: datetime | None) -> None:
    clock.at = at
    async with db.write() as tx:
        (row,) = await alarms.raise_all(tx, [Raise(number, Alarm(Step.OUTREACH, Level.BREACH, 0, at), spoken=True)])
    if answered is not None:
        clock.at = answered
        async with db.write() as tx:
            await alarms.acknowledge(tx, [row.id], MARCUS)


async def acted(db: Database) -> None:
    """Three open actions: one without a plan, one late, one in time."""
    async with db.write() as tx:
        for number, due in enumerate((None, date(2026, 11, 30), date(2026, 12, 1))):
            item = await registry.open_item(tx, "relational", (f"t{number}", f"tag {number}"), 2026 * 4 + 3)
            assert item
            if due:
                await registry.plan(tx, item, Plan("Finance checks invoices.", PRIYA, due, "None is wrong."))


async def stocked(db: Database, clock: StillClock) -> None:
    """The whole autumn; the clock stands where November is told."""
    await stock(db, autumn())
    await escalated(db, clock, 4, november(17), november(17, 3))
    await escalated(db, clock, 3, november(20), None)
    await escalated(db, clock, 7, november(-20), november(-20, 5))
    await acted(db)
    clock.at = TOLD


async def told(db: Database, it: House) -> dict[str, list[str]]:
    """What each channel or person reads, by their id."""
    found: dict[str, list[str]] = {}
    async with db.read() as tx:
        for row in (await tx.conn.execute(sa.select(bulletins).order_by(bulletins.c.id))).all():
            bulletin = await notices.get_bulletin(tx, row.id)
            assert bulletin
            look = monthlies.look_of(it, bulletin)
            assert row.user_id not in found
            found[row.user_id] = read(look.blocks) if look else []
    return found


async def asked_for(db: Database) -> list[tuple[str, str]]:
    """(surface, place) of every summary that was asked for; a quarter's draft may come on the same day."""
    query = sa.select(outbox.c.surface, outbox.c.target).where(outbox.c.surface.startswith("bulletin:"))
    async with db.read() as tx:
        return sorted((row.surface, row.target) for row in (await tx.conn.execute(query)).all())
