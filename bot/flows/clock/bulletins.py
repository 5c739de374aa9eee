"""What a message about alarms says now: drawn from the rows as they are, so that nothing in it is stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows.cases.briefing import brief_of
from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.links import card_link
from bot.flows.clock import asked, monthlies, mornings, weeklies
from bot.house import House
from bot.surfaces import BulletinSurface
from bot.views import alerts, kit
from bot.views.alarm_notes import Spoken, is_told
from bot.views.alert_lines import Alert
from bot.views.card import Told
from bot.views.look import Look
from bot.views.silence import silence_of
from recovery import roles
from recovery.cases.brief import Brief
from recovery.cases.case import Case, Event, State, Urgency
from recovery.cases.rungs import ladder_view
from recovery.cases.steps import Step
from recovery.clock.alarms import LATE, REMINDERS, Level
from recovery.clock.receivers import Part
from recovery.clock.sla import assign_start
from recovery.errors import NotAllowed
from recovery.roles import Standing
from store.cases import alarms, cases, notices, told
from store.cases.alarms import AlarmRow
from store.cases.notices import Bulletin, BulletinKind, Item
from store.cases.told import Telling
from store.engine import Tx
from store.slack import outbox

ASKED = REMINDERS | {Level.IDLE}
NOBODY = Standing("", member=False, lead=False, manager=False, owns_score=False, active=False, known=False)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around the alarms of one bulletin: the cases' other alarms, who heard, how much owners hold."""

    raised: Mapping[int, Sequence[AlarmRow]]
    heard: Mapping[int, Sequence[Telling]]
    owned: Mapping[str, int]


async def look_of(tx: Tx, house: House, surface: BulletinSurface) -> Look | None:
    """The message as it should look now; None for one that nobody has seen and nobody needs any more."""
    bulletin = await notices.get_bulletin(tx, surface.bulletin_id)
    if bulletin is None or bulletin.user != surface.user:
        return None
    match bulletin.kind:
        case BulletinKind.MORNING:
            return await mornings.look_of(tx, house, bulletin)
        case BulletinKind.WEEKLY:
            return await weeklies.look_of(tx, house, bulletin)
        case BulletinKind.MONTHLY:
            return monthlies.look_of(house, bulletin)
        case BulletinKind.ALERTS:
            return await _alerts(tx, house, surface, bulletin)


async def told_of(tx: Tx, case: Case) -> Told:
    """Who knows that the case is late, and who of them is on it; for its card."""
    if case.state is State.CLOSED:
        return Told()
    late = [row for row in await alarms.of_case(tx, case.id) if row.level in LATE and row.closed_at is None]
    if not late:
        return Told()
    answered = [row for row in late if row.acknowledged_at is not None]
    heard = await told.of_alarms(tx, [row.id for row in late if row.spoken])
    knows = dict.fromkeys(each.user for row in late for each in heard.get(row.id, ()) if each.user != case.owner)
    people = tuple(user for user in knows if kit.is_user(user))
    return Told(people, answered[-1].acknowledged_by if answered else "")


async def spoken_of(tx: Tx, case_id: int) -> list[Spoken]:
    """The alarms about the case that somebody was told of, oldest first; for its history."""
    said = [row for row in await alarms.of_case(tx, case_id) if row.spoken and is_told(row.level)]
    heard = await told.of_alarms(tx, [row.id for row in said])
    return [
        Spoken(
            at=row.raised_at,
            step=row.step,
            level=row.level,
            people=tuple(each.user for each in heard[row.id] if kit.is_user(each.user)),
            answered_by=row.acknowledged_by,
            answered_at=row.acknowledged_at,
        )
        for row in said
        if row.id in heard
    ]


async def _alerts(tx: Tx, house: House, surface: BulletinSurface, bulletin: Bulletin) -> Look | None:
    items = _one_of_each_case(await notices.bulletin_items(tx, bulletin.id))
    # Delivery asks before it posts: what was dealt with meanwhile needs no message at all.
    unseen = await outbox.where_shown(tx, str(surface)) is None
    if unseen and all(item.alarm.closed_at is not None for item in items):
        return None
    found = await cases.many(tx, {item.case_id for item in items})
    items = _ordered(items, found)
    rows, others = items[: alerts.MOST_ROWS], items[alerts.MOST_ROWS :]
    around = await _around(tx, [found[item.case_id] for item in rows])
    seconds = int(bulletin.about.get("outage") or 0)
    said = alerts.Bulletin(
        tuple([await _alert(tx, house, bulletin.user, item, around) for item in rows]),
        timedelta(seconds=seconds) if seconds > 0 else None,
        others=len(others),
        others_waiting=sum(_waits(item, found[item.case_id], tx.now) for item in others),
    )
    return alerts.look(said, currency=house.policy.workspace.currency)


def _one_of_each_case(items: Sequence[Item]) -> list[Item]:
    """Of several alarms of a case the one to act on: open before closed, then the most severe, then the newest."""
    best: dict[int, Item] = {}
    for item in sorted(
        items, key=lambda each: (each.alarm.closed_at is None, each.alarm.level.severity, each.alarm.id), reverse=True
    ):
        best.setdefault(item.case_id, item)
    return list(best.values())


def _ordered(items: Sequence[Item], found: Mapping[int, Case]) -> list[Item]:
    """The most urgent first; where not all can be shown, what is dealt with makes room."""
    crowded = len(items) > alerts.MOST_ROWS

    def urgency(item: Item) -> tuple[bool, bool, int, datetime, int]:
        alarm = item.alarm
        critical = found[item.case_id].urgency is Urgency.CRITICAL
        return (crowded and alarm.closed_at is not None, not critical, -alarm.level.severity, alarm.due_at, alarm.id)

    return sorted(items, key=urgency)


def _waits(item: Item, case: Case, at: datetime) -> bool:
    alarm = item.alarm
    return alarm.closed_at is None and alarm.acknowledged_at is None and silence_of(case, at) is None


async def _around(tx: Tx, found: Sequence[Case]) -> _Around:
    raised = await alarms.of_cases(tx, [case.id for case in found])
    late = [row.id for rows in raised.values() for row in rows if row.level in LATE and row.spoken]
    owners = {case.owner for case in found if case.owner}
    return _Around(raised, await told.of_alarms(tx, late), await cases.open_by_owner(tx, owners))


async def _alert(tx: Tx, house: House, reader: str, item: Item, around: _Around) -> Alert:
    alarm = item.alarm
    brief = await brief_of(tx, house, item.case_id)
    case = brief.case
    standing = _standing(house, case, reader)
    rows = around.raised.get(case.id, ())
    promised = _promised(rows, alarm)
    return Alert(
        alarm_id=alarm.id,
        brief=brief,
        step=alarm.step,
        level=alarm.level,
        due_at=_due_at(brief, alarm),
        since=_since(case, alarm),
        role=Part(item.role),
        instead_of=item.instead_of,
        reminded=_reminded(rows, alarm, case.progress.held_since),
        others=max(around.owned.get(case.owner, 0) - 1, 0),
        heard=_heard(rows, around, alarm, (reader, case.owner)),
        promised_by=promised.acknowledged_by if promised else "",
        promised_at=promised.acknowledged_at if promised else None,
        acknowledged_at=alarm.acknowledged_at,
        acknowledged_by=alarm.acknowledged_by,
        closed_at=alarm.closed_at,
        ending=await _ending(tx, alarm),
        silence=silence_of(case, tx.now),
        card_link=await card_link(tx, case.id),
        owner=case.owner,
        may_assign=_may_assign(standing, case, item),
        may_take=_may_take(standing, case, stands_in=bool(case.owner) and item.instead_of == case.owner),
    )


def _due_at(brief: Brief, alarm: AlarmRow) -> datetime:
    """The deadline of the step; the alarm's own moment may be a share of the limit, or a day after it."""
    rung = next((each for each in ladder_view(brief.case, brief.at) if each.step is alarm.step), None)
    return rung.due_at if rung and rung.due_at else alarm.due_at


def _since(case: Case, alarm: AlarmRow) -> datetime:
    """Since when somebody could have done what nobody did."""
    if alarm.level is Level.IDLE:
        return case.progress.held_since or case.assigned_at or alarm.raised_at
    if alarm.step is Step.ASSIGN:
        return assign_start(case)
    return case.submitted_at


def _reminded(rows: Sequence[AlarmRow], alarm: AlarmRow, since: datetime | None) -> int:
    """How often who has the case now was reminded of the step."""
    return sum(
        row.spoken
        and row.step is alarm.step
        and row.level in ASKED
        and row.id != alarm.id
        and (since is None or row.raised_at >= since)
        for row in rows
    )


def _heard(rows: Sequence[AlarmRow], around: _Around, alarm: AlarmRow, but: Sequence[str]) -> tuple[str, ...]:
    """Who else was told that the step is late: of the same alarm, or of an earlier one."""
    if alarm.level not in LATE:
        return ()
    alike = [row for row in rows if row.step is alarm.step and row.level in LATE and row.id <= alarm.id]
    people = dict.fromkeys(each.user for row in alike for each in around.heard.get(row.id, ()))
    return tuple(user for user in people if user not in but and kit.is_user(user))


def _promised(rows: Sequence[AlarmRow], alarm: AlarmRow) -> AlarmRow | None:
    """The last time before this alarm that somebody said they were on it."""
    found = [
        row
        for row in rows
        if row.step is alarm.step and row.level in LATE and row.id < alarm.id and row.acknowledged_at is not None
    ]
    return found[-1] if found else None


async def _ending(tx: Tx, alarm: AlarmRow) -> Event | None:
    """The change of the case that closed the alarm; None while it stands, or where nothing of the case did it."""
    if alarm.closed_at is None:
        return None
    kind, _, _ = alarm.closed_why.partition(" ")
    events = await cases.history(tx, alarm.case_id)
    return next((event for event in reversed(events) if event.at == alarm.closed_at and event.kind == kind), None)


def _standing(house: House, case: Case, reader: str) -> Standing:
    programme = house.programme_of(case)
    return standing_of(house, programme, Asker(reader)) if programme else NOBODY


def _may_assign(standing: Standing, case: Case, item: Item) -> bool:
    if item.role == Part.CHANNEL:
        return True
    stands_in = not standing.manager and not asked.for_owner(item.role, item.instead_of, case)
    try:
        roles.check_assign(standing, case, told=stands_in)
    except NotAllowed:
        return False
    return True


def _may_take(standing: Standing, case: Case, *, stands_in: bool) -> bool:
    if standing.user == case.owner:
        return False
    try:
        roles.check_take_over(standing, case, stands_in=stands_in)
    except NotAllowed:
        return False
    return True
