"""Counts what `/nps status`, `overdue`, `segments` and `leaders` show of one programme, in one transaction."""

from collections.abc import Iterable, Mapping

from bot.flows import asking
from bot.flows.asking import Asked
from bot.flows.casework import Asker
from bot.flows.homepage import row_of
from bot.flows.readout_page import limit_of
from bot.house import House
from bot.views.figures import leaders, overdue, segments, status
from bot.views.figures.frame import About, Figures, shown_page
from bot.views.figures.leaders import Leader, Leaders
from bot.views.figures.overdue import Overdue
from bot.views.figures.place import Shown
from bot.views.figures.segments import Segments
from bot.views.figures.status import First, Status
from bot.views.home import HomeRow
from recovery.case_figures import CaseRow, contacted, grouped, money, open_figures, saved
from recovery.dimensions import Dimension
from recovery.nps import Tally
from recovery.periods import previous
from recovery.readout import Standing, diverging, inversions, look_first, movers, standings
from store import figures, queues, responses
from store.closed_loop import closed_loop
from store.engine import Tx


async def look(tx: Tx, house: House, asked: Asked, asker: Asker) -> tuple[Figures, About]:
    """Give what is shown, and around what. Raises NotAllowed for who may not see the programme."""
    asking.may_see(house, asked, asker)
    about = asking.about(house, asked, asker, tx.now)
    match asked.place.what:
        case Shown.STATUS:
            return status.status(await _status(tx, house, asked), about), about
        case Shown.OVERDUE:
            return overdue.overdue(await _overdue(tx, house, asked), about), about
        case Shown.SEGMENTS:
            return segments.segments(await _segments(tx, house, asked), about), about
        case Shown.LEADERS:
            return leaders.leaders(await _leaders(tx, house, asked), about), about


async def _status(tx: Tx, house: House, asked: Asked) -> Status:
    opened = await figures.open_rows(tx, house.policy, [asked.programme.key])
    period = asked.period
    loop = await closed_loop(tx, [asked.programme.key], period.start, period.end)
    return Status(
        contacted=loop.contacted,
        open=open_figures(opened, tx.now),
        took=loop.outreach,
        saved=loop.saved,
        at_risk=money(opened).at_risk,
        first=tuple(await _first(tx, look_first(opened, tx.now))),
        limit=limit_of(house.policy, asked.programme),
    )


async def _first(tx: Tx, rows: Iterable[CaseRow]) -> list[First]:
    picked = list(rows)
    named = await _named(tx, picked)
    found = []
    for row in picked:
        shown = named[row.id]
        account = await responses.get_account(tx, row.account_id)
        renewal = account.renewal_date if account else None
        found.append(First(row, shown.account_name, shown.contact_name, renewal, shown.card_link))
    return found


async def _overdue(tx: Tx, house: House, asked: Asked) -> Overdue:
    opened = await figures.open_rows(tx, house.policy, [asked.programme.key])
    late = [row for row in opened if row.late_by(tx.now)]
    first, last, _ = shown_page(len(late), asked.place.page)
    picked = look_first(late, tx.now, many=last)[first:]
    named = await _named(tx, picked)
    return Overdue(tuple(named[row.id] for row in picked), len(late))


async def _named(tx: Tx, rows: Iterable[CaseRow]) -> Mapping[int, HomeRow]:
    """What a row of a list needs of these cases, by number."""
    picked = {row.id: row.programme for row in rows}
    page = await queues.numbered(tx, list(picked), list(set(picked.values())), len(picked))
    return {each.case.id: row_of(each) for each in page.rows}


async def _segments(tx: Tx, house: House, asked: Asked) -> Segments:
    policy, key, period, dimension = house.policy, asked.programme.key, asked.period, asked.place.dimension
    rules, before = policy.figures, previous(asked.period)
    overall, earlier = [await figures.tallies_in(tx, policy, key, each) for each in (period, before)]
    now, then = [await figures.tallies_in(tx, policy, key, each, dimension) for each in (period, before)]
    groups = standings(now, then, rules, dimension)
    minds = diverging(await figures.voices(tx, key, period))
    return Segments(
        overall=Standing("", overall.get("", Tally()), earlier.get("", Tally())),
        groups=groups,
        rules=rules,
        movers=movers(groups, rules),
        inversions=inversions(groups, rules.strengths, rules) if dimension is Dimension.SEGMENT else (),
        diverging=minds,
        names=_names(house, dimension, (each.value for each in groups)),
        accounts=await figures.account_names(tx, (each.account_id for each in minds[: segments.MOST_NAMED])),
    )


def _names(house: House, dimension: Dimension, values: Iterable[str]) -> dict[str, str]:
    """What people call the groups that are kept by another word."""
    match dimension:
        case Dimension.SEGMENT:
            return {key: segment.name for key, segment in house.policy.segments.items()}
        case Dimension.CSM:
            return {value: house.directory.user_id(value) or value for value in values}
        case _:
            return {}


async def _leaders(tx: Tx, house: House, asked: Asked) -> Leaders:
    rows = [row for row in await _submitted(tx, house, asked) if row.counts]
    owners = [_leader(tx, owner, held) for owner, held in grouped(rows, lambda row: row.owner).items()]
    owners.sort(key=_best_first)
    first, last, _ = shown_page(len(owners), asked.place.page)
    return Leaders(tuple(owners[first:last]), len(owners), () if first else _teams(tx, house, rows))


def _teams(tx: Tx, house: House, rows: list[CaseRow]) -> tuple[Leader, ...]:
    """The policy's teams of which somebody owns a case, in the policy's order."""
    found = []
    for team in house.policy.teams.values():
        people = set(house.directory.users(team.members))
        held = [row for row in rows if row.owner in people]
        if held:
            found.append(_leader(tx, "", held, team=team.name))
    return tuple(found)


def _leader(tx: Tx, user: str, rows: Iterable[CaseRow], team: str = "") -> Leader:
    held = list(rows)
    return Leader(user, len(held), contacted(held, tx.now), saved(held), team)


def _best_first(leader: Leader) -> tuple[bool, int, int, int, str]:
    """Who contacts in time, then who saves, then who has more; cases without owner come last."""
    rate = leader.contacted.share.percent
    return not leader.user, -1 if rate is None else -rate, -leader.saved.saved, -leader.cases, leader.user


async def _submitted(tx: Tx, house: House, asked: Asked) -> list[CaseRow]:
    period = asked.period
    return await figures.case_rows(tx, house.policy, [asked.programme.key], period.start, period.end)
