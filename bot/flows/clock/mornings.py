"""An owner's morning: one message with what their day holds, once a day, and none on a day that holds nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from bot.flows.cases import rosters
from bot.flows.cases.homepage import row_of
from bot.flows.cases.settle import is_gone
from bot.house import House
from bot.surfaces import BulletinSurface
from bot.views import digests
from bot.views.digests import Line
from bot.views.look import Look
from recovery.clock.agenda import Point, agenda
from recovery.clock.alarms import LATE
from recovery.clock.regular import morning_of
from store import jobs
from store.cases import alarms, cases, notices, queues
from store.cases.notices import Bulletin, BulletinKind
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.slack.people import Person

JOB = "morning"


async def due(tx: Tx, house: House) -> dict[str, date]:
    """Whose morning it is right now, and of which day of theirs; owners who are away or gone are left in peace."""
    if house.policy.digests.morning_at is None:
        return {}
    found = {}
    away: Mapping[str, date] | None = None
    for user in sorted(await cases.open_by_owner(tx)):
        day = _day(tx, house, user)
        if day is None or is_gone(house, user):
            continue
        away = await rosters.away_now(tx, house) if away is None else away
        if user not in away:
            found[user] = day
    return found


async def greet(tx: Tx, house: House, user: str, day: date) -> bool:
    """Asks for the person's digest of this day; False where it was asked for before, or the day holds nothing."""
    if not await jobs.once(tx, JOB, day.isoformat(), user):
        return False
    if not await _points(tx, house, user, tx.now):
        return False
    bulletin = await notices.make_bulletin(tx, user, BulletinKind.MORNING, {"day": day.isoformat()})
    await outbox.want(tx, Wanted(str(BulletinSurface(user, bulletin)), user, Rank.CARD))
    return True


async def look_of(tx: Tx, house: House, bulletin: Bulletin) -> Look | None:
    """How the digest looks now; None once its day is over, or everything in it is dealt with."""
    points = await _points(tx, house, bulletin.user, bulletin.said_at)
    if not points:
        return None
    first = points[: digests.ROWS]
    programmes = sorted({point.case.programme for point in first})
    page = await queues.numbered(tx, [point.case.id for point in first], programmes, len(first))
    rows = {queued.case.id: row_of(queued) for queued in page.rows}
    lines = [Line(rows[point.case.id], point.reason, point.due_at) for point in first]
    return digests.morning(lines, len(points), currency=house.policy.workspace.currency, at=tx.now)


async def _points(tx: Tx, house: House, user: str, said_at: datetime) -> tuple[Point, ...]:
    zone = _person(house, user).zone_info
    tomorrow = said_at.astimezone(zone).date() + timedelta(days=1)
    day_ends = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
    if tx.now >= day_ends:
        return ()
    held = await queues.held_by(tx, user)
    raised = await alarms.of_cases(tx, [case.id for case in held])
    escalated = {
        number
        for number, rows in raised.items()
        if any(row.spoken and row.closed_at is None and row.level in LATE for row in rows)
    }
    return agenda(held, escalated, tx.now, day_ends)


def _day(tx: Tx, house: House, user: str) -> date | None:
    """The day that begins for this person now, by any of the calendars that could be theirs."""
    policy, person = house.policy, _person(house, user)
    calendars = {
        calendar.key: calendar
        for programme in policy.programmes.values()
        for calendar in [policy.calendar_for((user, person.email), programme)]
    }
    found = (morning_of(policy.digests, calendar, person.zone_info, tx.now) for calendar in calendars.values())
    return next((day for day in found if day), None)


def _person(house: House, user: str) -> Person:
    return house.directory.people.get(user, Person(user))
