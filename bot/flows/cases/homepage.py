"""The App Home of one person: what they have to do, and for a lead how their programmes stand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.flows.cases import rosters
from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.links import permalink
from bot.house import House
from bot.surfaces import ReadoutSurface
from bot.views import home
from bot.views.home import ROWS, Board, Escalated, Escalations, HomeRow, Listed, OwnerLoad, Quarter, Queue, ReadoutState
from bot.views.look import Block
from recovery import roles
from recovery.cases.case import Case, Urgency
from recovery.cases.rungs import ladder_view
from recovery.clock.alarms import LATE
from recovery.errors import NotAllowed
from recovery.figures.contacted import contacted_in_time
from recovery.figures.periods import previous, quarter, quarter_of
from recovery.policy.file import Programme
from recovery.roles import Standing
from store.cases import alarms, queues
from store.cases.alarms import AlarmRow
from store.cases.queues import Cut, Page, Queued
from store.engine import Tx
from store.figures import quarters, readouts
from store.slack import outbox
from store.slack.people import Person


async def home_view(tx: Tx, house: House, user: str, page: int = 1) -> Block:
    """The view for views.publish, as it is now; the last page for one that is not there any more."""
    page = max(page, 1)
    queue, board = await _cut(tx, house, user, page)
    last = home.pages(queue, board)
    if page > last:
        page = last
        queue, board = await _cut(tx, house, user, page)
    return home.tab(queue, board, currency=house.policy.workspace.currency, at=tx.now, page=page)


async def rows_of(tx: Tx, user: str, most: int) -> tuple[list[HomeRow], int]:
    """The person's open cases, the most pressing first, and how many there are."""
    found = await queues.pressing(tx, user, most)
    return [row_of(each) for each in found.rows], found.total


def visible(house: House, user: str) -> list[Programme]:
    """The programmes whose cases the person may see (playbook, section 4), in the policy's order."""
    return [each for each in house.policy.programmes.values() if sees(house, each, user)]


def sees(house: House, programme: Programme, user: str) -> bool:
    try:
        roles.check_see(standing_of(house, programme, Asker(user)))
    except NotAllowed:
        return False
    return True


def row_of(queued: Queued) -> HomeRow:
    link = permalink(queued.channel, queued.ts)
    return HomeRow(queued.case, queued.score, queued.account_name, queued.contact_name, queued.acv, link)


async def _cut(tx: Tx, house: House, user: str, page: int) -> tuple[Queue, Board | None]:
    cut = Cut((page - 1) * ROWS, ROWS)
    mine = await queues.mine(tx, user, _day_ends(tx, house, user), cut)
    led = [each.key for each in visible(house, user) if standing_of(house, each, Asker(user)).lead]
    waiting = Page() if led else await queues.unowned(tx, [each.key for each in visible(house, user)], cut)
    queue = Queue(
        today=_listed(mine.today),
        later=_listed(mine.later),
        follow_ups=_listed(mine.follow_ups),
        waiting=_claimable(house, user, waiting),
        paused=_listed(mine.paused),
        escalated=await _escalated(tx, house, user, cut),
        quarter=await _quarter(tx, house, user),
    )
    if not led:
        return queue, None
    board = await _board(tx, house, led, cut)
    return queue, board if page > 1 else replace(board, readouts=await _readouts(tx, house, led))


async def _escalated(tx: Tx, house: House, user: str, cut: Cut) -> Escalations:
    """What the person was told of because it is overdue; of each case the most severe, the most urgent case first."""
    worst: dict[int, AlarmRow] = {}
    for alarm in await alarms.open_for(tx, user, LATE):
        known = worst.get(alarm.case_id)
        if known is None or known.level.severity < alarm.level.severity:
            worst[alarm.case_id] = alarm
    found = await queues.numbered(tx, sorted(worst), list(house.policy.programmes), len(worst))
    # An owner has their own overdue cases in their own lists.
    others = [each for each in found.rows if each.case.owner != user]
    others.sort(key=lambda each: _urgent(each, worst[each.case.id]))
    page = others[cut.skip : cut.skip + cut.most]
    shown = tuple(_escalation(house, user, each, worst[each.case.id], tx.now) for each in page)
    return Escalations(shown, len(others))


def _urgent(queued: Queued, alarm: AlarmRow) -> tuple[bool, bool, int, int]:
    """What nobody is on before what somebody is on; critical cases first, then the most severe."""
    critical = queued.case.urgency is Urgency.CRITICAL
    return alarm.acknowledged_at is not None, not critical, -alarm.level.severity, alarm.id


def _escalation(house: House, user: str, queued: Queued, alarm: AlarmRow, at: datetime) -> Escalated:
    rung = next((each for each in ladder_view(queued.case, at) if each.step is alarm.step), None)
    due_at = rung.due_at if rung and rung.due_at else alarm.due_at
    may_take = _may(house, user, queued.case, roles.check_take_over)
    return Escalated(row_of(queued), alarm.step, due_at, alarm.id, alarm.acknowledged_by, may_take)


async def _board(tx: Tx, house: House, programmes: list[str], cut: Cut) -> Board:
    away = await rosters.away_now(tx, house)
    loads, total = await queues.loads(tx, programmes, cut)
    return Board(
        unassigned=_listed(await queues.unowned(tx, programmes, cut)),
        overdue=_listed(await queues.overdue(tx, programmes, cut)),
        owners=tuple(OwnerLoad(load.owner, load.open, load.overdue, away.get(load.owner)) for load in loads),
        owners_total=total,
    )


async def _readouts(tx: Tx, house: House, led: list[str]) -> tuple[ReadoutState, ...]:
    """How the readouts of the last quarter stand, where they were begun."""
    starts = house.policy.figures.fiscal_year_starts
    period = previous(quarter(quarter_of(tx.now, starts), starts))
    assert period.quarter is not None  # noqa: S101 - what comes before a quarter is one
    found = []
    for key in led:
        each = await readouts.find(tx, key, period.quarter)
        if each is None:
            continue
        state = ReadoutState(
            readout_id=each.id,
            version=each.version,
            programme=house.policy.programmes[key].name,
            period=period.name,
            ask=each.ask.decision if each.ask else "",
            is_published=each.posted is not None,
            is_lost=await outbox.given_up(tx, str(ReadoutSurface(each.id))) is not None,
            answer=each.decision.answer if each.decision else None,
        )
        found.append(state)
    return tuple(found)


async def _quarter(tx: Tx, house: House, user: str) -> Quarter | None:
    """The person's figures of the quarter; None for somebody who had no case in it."""
    starts = house.policy.figures.fiscal_year_starts
    since = quarter(quarter_of(tx.now, starts), starts).start
    cases, saved = await quarters.reached(tx, user, since), await quarters.saved(tx, user, since)
    if not cases and not saved.count:
        return None
    contacted = contacted_in_time(cases, tx.now)
    return Quarter(contacted.in_time, contacted.decided, saved.count, saved.acv)


def _claimable(house: House, user: str, page: Page) -> Listed:
    """Cases without owner; some see them and may not own them (playbook, section 4)."""
    rows = (replace(row_of(each), may_claim=_may(house, user, each.case, roles.check_claim)) for each in page.rows)
    return Listed(tuple(rows), page.total)


def _may(house: House, user: str, case: Case, check: Callable[[Standing, Case], None]) -> bool:
    programme = house.programme_of(case)
    if programme is None:
        return False
    try:
        check(standing_of(house, programme, Asker(user)), case)
    except NotAllowed:
        return False
    return True


def _day_ends(tx: Tx, house: House, user: str) -> datetime:
    """When the person's day is over (aware UTC)."""
    zone = house.directory.people.get(user, Person(user)).zone_info
    tomorrow = tx.now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _listed(page: Page) -> Listed:
    return Listed(tuple(row_of(each) for each in page.rows), page.total)
