"""What the timers do when their moment has come: decided on the cases as they are now, not as when they were set.

Everything for a whole batch of cases is read and written in a few statements: after an outage thousands are due.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from bot.flows.cases import casework
from bot.flows.cases.rosters import roster_of
from bot.flows.cases.settle import channel_of
from bot.flows.clock import clock, reminders
from bot.flows.watching import watching
from bot.house import House
from bot.surfaces import CardSurface, HomeSurface
from bot.views.watching import SENTENCES, UNREADABLE
from recovery.cases.case import Case, State, Urgency
from recovery.cases.steps import Step
from recovery.clock.alarms import LATE, Due, Level, due_now
from recovery.clock.quiet import speak_at
from recovery.clock.receivers import Part, Receiver, receivers
from recovery.policy.file import Programme
from recovery.routing import Roster
from store.cases import alarms, cases, notices, responses, timers
from store.cases.alarms import AlarmRow, Raise
from store.cases.notices import Notice
from store.cases.timers import Timer, TimerKind
from store.engine import Tx
from store.errors import Contended
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.slack.people import Person

log = logging.getLogger(__name__)

NOBODY_TRIED = "Nobody had tried to reach the customer."
# A case on which the rules fail is looked at again after this long; the others go on meanwhile.
RETRY = timedelta(minutes=10)
# A clock that is set to the past would ring without an end.
AT_THE_EARLIEST = timedelta(minutes=1)

Raised = Mapping[int, Sequence[AlarmRow]]


@dataclass(slots=True)
class _Batch:
    """What one ring decided, by case; `failed`: those on which the rules, or what follows from them, failed."""

    dues: dict[int, Due] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)


async def ring(tx: Tx, house: House, taken: Sequence[Timer], *, outage: int = 0) -> None:
    """Does what these timers were set for, all in one transaction.

    `outage`: for how many seconds (real time) nobody had looked, in the first sweep after an outage.
    """
    clocks = {timer.case_id: timer.due_at for timer in taken if timer.kind is TimerKind.CLOCK}
    if clocks:
        await _ring(tx, house, clocks, outage)
    asked = [timer.case_id for timer in taken if timer.kind is TimerKind.FOLLOW_UP]
    if asked:
        # Read here: the clock may have taken one back from its owner just now.
        found = await cases.many(tx, asked)
        await reminders.ask(tx, house, [found[number] for number in asked])


async def tell_others(tx: Tx, house: House, user: str) -> None:
    """What waits to be said to somebody who isn't here any more is said to whoever hears in their place."""
    waiting = await alarms.get(tx, await notices.waiting_for(tx, user))
    found = await cases.many(tx, {row.case_id for row in waiting})
    here = [row for row in waiting if found[row.case_id].programme in house.policy.programmes]
    await tell(tx, house, found, here)
    await notices.unsay(tx, [row.id for row in waiting], to=user)


async def _ring(tx: Tx, house: House, clocks: Mapping[int, datetime], outage: int) -> None:
    """`clocks`: for when each case's clock was set, in the order in which they were due."""
    known = await cases.many(tx, clocks)
    found = [known[number] for number in clocks]
    raised = await alarms.of_cases(tx, [case.id for case in found])
    batch = _decide(house, found, raised, tx.now)
    new = await alarms.raise_all(
        tx,
        [
            Raise(number, alarm, alarm is due.speak, outage)
            for number, due in batch.dues.items()
            for alarm in due.raises
        ],
    )
    told = await tell(tx, house, known, [row for row in new if row.spoken])
    await _set_timers(tx, house, found, _joined(raised, new), batch)
    await _give_back(tx, house, [known[number] for number, due in batch.dues.items() if due.release], raised, batch)
    await _show(tx, house, known, new, told)
    await clock.rouse(tx, house, found, raised, clocks)
    if batch.failed:
        await admit(tx, house, len(batch.failed))


async def admit(tx: Tx, house: House, many: int) -> None:
    """The admin hears, once a day, that so many cases failed and are tried again."""
    await watching.tell_daily(tx, house, UNREADABLE, SENTENCES[UNREADABLE].format(many=many))


def due_of(house: House, case: Case, raised: Sequence[AlarmRow], at: datetime) -> Due | None:
    """What a ring has to do for the case at `at`; None for one that is closed, or whose programme left the policy."""
    programme = house.programme_of(case)
    if programme is None or case.state is State.CLOSED:
        return None
    return due_now(house.policy, house.calendars(case, programme), case, [row.raised for row in raised], at)


def _decide(house: House, found: Iterable[Case], raised: Raised, at: datetime) -> _Batch:
    batch = _Batch()
    for case in found:
        try:
            due = due_of(house, case, raised.get(case.id, ()), at)
        except Exception:
            log.exception("the clock of case %s can't be read; again in %s", case.id, RETRY)
            batch.failed.add(case.id)
        else:
            if due is not None:
                batch.dues[case.id] = due
    return batch


async def tell(tx: Tx, house: House, found: Mapping[int, Case], spoken: Sequence[AlarmRow]) -> set[str]:
    """Asks for each of these to be said to whoever it concerns, outside their quiet hours; gives those people."""
    rosters: dict[str, tuple[Programme, Roster]] = {}
    segments = await responses.segments(
        tx, {account for row in spoken if row.level in LATE and (account := found[row.case_id].account_id)}
    )
    rows: list[Notice] = []
    for alarm in spoken:
        case = found[alarm.case_id]
        if case.programme not in rosters:
            programme = house.policy.programmes[case.programme]
            rosters[case.programme] = programme, await roster_of(tx, house, programme)
        programme, roster = rosters[case.programme]
        segment = segments.get(case.account_id or 0, "")
        hearing = heard_by(house, programme, case, alarm.level, alarm.step, roster, segment)
        rows += [_notice(house, programme, case, alarm, each, tx.now) for each in hearing]
    await notices.add(tx, rows)
    return {row.user for row in rows}


def heard_by(
    house: House, programme: Programme, case: Case, level: Level, step: Step, roster: Roster, segment: str
) -> tuple[Receiver, ...]:
    """Who hears an alarm about the case, as everybody is now; `segment` is that of the account, "" for none."""
    known = house.policy.segment_named(segment)
    return receivers(
        house.policy,
        programme,
        case,
        level,
        step,
        roster,
        segment_manager=known.manager if known else "",
        unreachable={place.ref for place in house.directory.places.values() if place.problem},
    )


def may_hear(house: House, programme: Programme, case: Case, hearing: Receiver, at: datetime) -> tuple[str, datetime]:
    """To whom (a Slack id) it is said, and the earliest moment (aware UTC) outside their quiet hours."""
    user, zone = hearing.user, house.policy.calendar_of(programme).zone_info
    calendar = house.policy.calendar_of(programme)
    if hearing.role is Part.CHANNEL:
        user = house.directory.channel_id(user)
    else:
        person = house.directory.people.get(user, Person(user))
        calendar, zone = house.policy.calendar_for((user, person.email), programme), person.zone_info
    critical = case.urgency is Urgency.CRITICAL
    return user, speak_at(house.policy.quiet, calendar, zone, at, critical=critical)


def _notice(house: House, programme: Programme, case: Case, alarm: AlarmRow, hearing: Receiver, at: datetime) -> Notice:
    user, moment = may_hear(house, programme, case, hearing, at)
    return Notice(alarm.id, case.id, user, hearing.role.value, hearing.instead_of, moment)


async def _set_timers(tx: Tx, house: House, found: Sequence[Case], raised: Raised, batch: _Batch) -> None:
    wanted: dict[int, timers.Wanted] = {}
    for case in found:
        moment = _next_ring(house, case, raised.get(case.id, ()), tx.now, batch)
        # The timer was taken: only one that has a moment is written.
        if moment is not None:
            wanted[case.id] = {TimerKind.CLOCK: moment}
    await timers.follow_all(tx, wanted)


def _next_ring(house: House, case: Case, raised: Sequence[AlarmRow], at: datetime, batch: _Batch) -> datetime | None:
    if case.id in batch.failed:
        return at + RETRY
    try:
        moment = clock.rings_at(house, case, raised, at)
    except Exception:
        log.exception("the next moment of case %s can't be read; again in %s", case.id, RETRY)
        batch.failed.add(case.id)
        return at + RETRY
    if moment is not None and moment <= at:
        log.error("the clock of case %s would not go on from %s", case.id, moment)
        return at + AT_THE_EARLIEST
    return moment


async def _show(
    tx: Tx, house: House, found: Mapping[int, Case], new: Sequence[AlarmRow], told: Collection[str]
) -> None:
    """Cards of cases that are late now, and the homes of everybody concerned."""
    late = sorted({row.case_id for row in new if row.level in LATE})
    if late:
        cards = (Wanted(str(CardSurface(each)), channel_of(house, found[each]), Rank.CARD) for each in late)
        await outbox.want(tx, *cards)
    people = {*told, *(found[each].owner for each in late)} & house.directory.people.keys()
    if people:
        await outbox.refresh(tx, *(str(HomeSurface(user)) for user in sorted(people)))


async def _give_back(tx: Tx, house: House, found: Sequence[Case], raised: Raised, batch: _Batch) -> None:
    """Nobody tried to reach the customer, asked or not: the case is free for somebody who does.

    Raises Contended, or DBAPIError, where the database gave in: that says nothing of the case, and the ring runs again.
    """
    # Each release takes back what waits to be said and then asks the outbox, as whoever speaks does; so all of what
    # waits is held before the first of them, and the ring itself asks the outbox after the last.
    await notices.hold(tx, [row.id for case in found for row in raised.get(case.id, ()) if row.closed_at is None])
    for case in found:
        try:
            async with tx.conn.begin_nested():
                await casework.take_back(tx, house, case, NOBODY_TRIED)
        except (Contended, DBAPIError):
            raise
        except Exception:
            log.exception("case %s could not be taken back; again in %s", case.id, RETRY)
            batch.failed.add(case.id)
            # The release was raised already and would not come again by itself.
            rows = [row.id for row in await alarms.of_case(tx, case.id) if row.level is Level.IDLE_RELEASE]
            await alarms.forget(tx, rows)
            await timers.follow(tx, case.id, {TimerKind.CLOCK: tx.now + RETRY})


def _joined(raised: Raised, new: Iterable[AlarmRow]) -> dict[int, list[AlarmRow]]:
    joined = {number: list(rows) for number, rows in raised.items()}
    for row in new:
        joined.setdefault(row.case_id, []).append(row)
    return joined
