"""The App Home of one person: what they have to do, and for a lead how their programmes stand."""

from datetime import UTC, datetime, time, timedelta

from bot.flows import rosters
from bot.flows.casework import Asker, standing_of
from bot.house import House
from bot.views import home
from bot.views.home import ROWS, Board, HomeRow, Listed, OwnerLoad, Quarter, Queue
from bot.views.look import Block
from recovery import roles
from recovery.contacted import contacted_in_time, quarter_start
from recovery.errors import NotAllowed
from recovery.policy import Programme
from store import quarters, queues
from store.engine import Tx
from store.people import Person
from store.queues import Cut, Page, Queued


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
    link = f"https://slack.com/archives/{queued.channel}/p{queued.ts.replace('.', '')}" if queued.ts else ""
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
        waiting=_listed(waiting),
        quarter=await _quarter(tx, user),
    )
    return queue, await _board(tx, house, led, cut) if led else None


async def _board(tx: Tx, house: House, programmes: list[str], cut: Cut) -> Board:
    away = await rosters.away_now(tx, house)
    loads, total = await queues.loads(tx, programmes, cut)
    return Board(
        unassigned=_listed(await queues.unowned(tx, programmes, cut)),
        overdue=_listed(await queues.overdue(tx, programmes, cut)),
        owners=tuple(OwnerLoad(load.owner, load.open, load.overdue, away.get(load.owner)) for load in loads),
        owners_total=total,
    )


async def _quarter(tx: Tx, user: str) -> Quarter | None:
    """The person's figures of the quarter; None for somebody who had no case in it."""
    since = quarter_start(tx.now)
    cases, saved = await quarters.reached(tx, user, since), await quarters.saved(tx, user, since)
    if not cases and not saved.count:
        return None
    contacted = contacted_in_time(cases, tx.now)
    return Quarter(contacted.in_time, contacted.decided, saved.count, saved.acv)


def _day_ends(tx: Tx, house: House, user: str) -> datetime:
    """When the person's day is over (aware UTC)."""
    zone = house.directory.people.get(user, Person(user)).zone_info
    tomorrow = tx.now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _listed(page: Page) -> Listed:
    return Listed(tuple(row_of(each) for each in page.rows), page.total)
