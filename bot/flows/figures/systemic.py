"""When many customers say the same: an item of the action registry opens, later cases join it, and people are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows.cases import rosters
from bot.flows.cases.casework import leads_of
from bot.flows.cases.settle import is_gone
from bot.flows.figures.registry import draw_again, tell
from bot.flows.figures.themes import Gathered, remember_theme
from bot.house import House
from bot.surfaces import ItemPart, ItemSurface
from recovery.clock.quiet import speak_at
from recovery.figures.periods import Period, quarter, quarter_of
from recovery.policy.file import Programme
from recovery.readouts import registry as rules
from recovery.readouts.registry import Item
from recovery.themes import Theme, Verbatim
from store.engine import Tx
from store.errors import Contended
from store.figures import registry as rows
from store.figures import themes
from store.figures.registry import Heard
from store.figures.themes import Comment
from store.slack.people import Person

LATE = timedelta(days=14)  # a day that has passed for longer is seen in the review, not announced


@dataclass(frozen=True, slots=True)
class Mark:
    """What a search would see; while it stays the same, there is nothing to search for."""

    quarter: str
    after: int
    heard: Heard
    kept: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Joining:
    """Cases, by number, that are to be linked to an item; `opened`: it has just been opened."""

    item: Item
    cases: tuple[int, ...]
    opened: bool


def running(house: House, at: datetime) -> Period:
    """The quarter that runs now."""
    starts = house.policy.figures.fiscal_year_starts
    return quarter(quarter_of(at, starts), starts)


async def mark(tx: Tx, house: House, programme: Programme) -> Mark:
    period = running(house, tx.now)
    heard = await rows.heard(tx, programme.key, period.start, period.end)
    return Mark(period.key, _after(house), heard, await kept(tx, programme))


async def kept(tx: Tx, programme: Programme) -> tuple[tuple[str, int], ...]:
    """What is remembered of the programme's themes, by key and version."""
    return tuple((each.theme.key, each.version) for each in await themes.kept(tx, programme.key))


async def is_worth_a_search(tx: Tx, house: House, gathered: Gathered) -> bool:
    """Whether an item could open, or a case could join one."""
    customers = {comment.contact for comment in gathered.comments}
    if 0 < _after(house) <= len(customers):
        return True
    return bool(customers) and any(item.is_open for item in await rows.of_programme(tx, gathered.programme))


async def follow(tx: Tx, house: House, gathered: Gathered, found: tuple[Theme, ...]) -> list[Joining]:
    """Open an item for each theme that came up too often; the cases that are still to be linked to it, or to open ones.

    Raises Contended where somebody has changed what is remembered of the themes since they were gathered.
    """
    programme, number = gathered.programme, gathered.period.quarter
    assert number is not None  # noqa: S101 - it is the quarter that runs
    await themes.lock(tx, programme)
    if tuple(await themes.kept(tx, programme)) != gathered.kept:
        raise Contended("Somebody has changed the themes meanwhile. Please try again.")
    items = await rows.of_programme(tx, programme)
    about = await _about(tx, gathered, [item for item in items if item.is_open])
    comments = gathered.by_id
    contacts = {comment.id: comment.contact for comment in gathered.comments}
    joining = []
    for each in rules.systemic(found, contacts, _after(house), items, number, about):
        item = each.item or await _open(tx, gathered, each.theme, comments, number)
        if item is None:
            continue
        await _rename(tx, item, each.theme.tag)
        cases = (comments[answer].case for answer in each.theme.member_ids if answer in comments)
        fresh = {case for case in cases if case is not None} - await rows.linked(tx, item.id)
        joining.append(Joining(item, tuple(sorted(fresh)), each.item is None))
    return joining


async def join(tx: Tx, item: Item, cases: Sequence[int]) -> None:
    """Link these cases to the item; whoever was told of it reads how many there are now."""
    await rows.link(tx, item.id, cases)
    await draw_again(tx, item)


async def due(tx: Tx, house: House) -> list[ItemSurface]:
    """The messages that may be sent now: to leads of what has no plan, to owners whose day has come; each once."""
    found: list[ItemSurface] = []
    away = None
    for item in await rows.open_items(tx):
        programme = house.policy.programmes.get(item.programme)
        if programme is None:
            continue
        wanted = _wanted(house, programme, item, tx.now)
        told = set(await rows.told(tx, item.id)) if wanted else set()
        fresh = [surface for surface in wanted if str(surface) not in told]
        if fresh and away is None:
            away = await rosters.away_now(tx, house)
        found += [surface for surface in fresh if surface.user not in (away or {})]
    return found


async def announce(tx: Tx, surface: ItemSurface) -> bool:
    """Ask for the message, once; False where it was asked for before, or the item was closed meanwhile."""
    item = await rows.get(tx, surface.number)
    return item is not None and item.is_open and await tell(tx, surface)


async def _open(tx: Tx, gathered: Gathered, theme: Theme, comments: Mapping[int, Comment], number: int) -> Item | None:
    members = [comments[answer] for answer in theme.member_ids if answer in comments]
    verbatims = [Verbatim(each.id, each.text) for each in members]
    key = await remember_theme(tx, gathered.programme, theme, verbatims)
    return await rows.open_item(tx, gathered.programme, (key, theme.tag), number)


async def _about(tx: Tx, gathered: Gathered, items: Sequence[Item]) -> dict[int, str]:
    """Of items whose theme is no longer remembered, because people merged it: the key of the one they go on in."""
    known = {theme.key for theme in gathered.remembered}
    lost = [item for item in items if item.theme not in known]
    said = await rows.said(tx, [item.id for item in lost])
    return {
        item.id: rules.goes_on_in(item, {answer for answer, _ in said.get(item.id, ())}, gathered.remembered)
        for item in lost
    }


async def _rename(tx: Tx, item: Item, tag: str) -> None:
    """The item has the name that people gave its theme."""
    if item.tag != tag:
        await rows.rename(tx, item.id, tag)
        await draw_again(tx, item)


def _wanted(house: House, programme: Programme, item: Item, at: datetime) -> list[ItemSurface]:
    """Everybody who should have heard of the item by now, and may at this moment of their day."""
    leads = leads_of(house, programme)
    if item.plan is None:
        wanted = [ItemSurface(user, item.id, ItemPart.LEAD) for user in leads]
    else:
        users = leads if is_gone(house, item.owner) else [item.owner]
        zone = _person(house, users[0]).zone_info if users else None
        day = item.plan.due
        if zone is None or not timedelta(0) <= at.astimezone(zone).date() - day <= LATE:
            return []
        wanted = [ItemSurface(user, item.id, ItemPart.DUE, day.isoformat()) for user in users]
    return [surface for surface in wanted if _may_hear(house, programme, surface.user, at)]


def _may_hear(house: House, programme: Programme, user: str, at: datetime) -> bool:
    """Whether it is a working day of theirs, outside their quiet hours."""
    calendar, zone = house.calendar_of(user, programme), _person(house, user).zone_info
    return speak_at(house.policy.quiet, calendar, zone, at, critical=False) <= at


def _person(house: House, user: str) -> Person:
    return house.directory.people.get(user, Person(user))


def _after(house: House) -> int:
    return house.policy.figures.systemic_after
