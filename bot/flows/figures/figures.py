"""Counts what `/nps status`, `overdue`, `segments`, `leaders`, `themes` show of one programme, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence

from bot.flows.cases.casework import Asker
from bot.flows.cases.homepage import row_of as home_row_of
from bot.flows.figures import asking
from bot.flows.figures import themes as theme_flows
from bot.flows.figures.asking import Asked
from bot.flows.figures.readout_page import limit_of
from bot.flows.figures.themes import Searched
from bot.house import House
from bot.views.figures import leaders, overdue, segments, status, themes
from bot.views.figures.frame import About, Figures, shown_page
from bot.views.figures.leaders import Leader, Leaders
from bot.views.figures.overdue import Overdue
from bot.views.figures.place import Shown
from bot.views.figures.segments import Segments
from bot.views.figures.status import First, Status
from bot.views.home import HomeRow
from recovery.figures.case_row import row_of
from recovery.figures.dimensions import Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import Period, previous
from recovery.readouts.readout import LOOK_AT, Standing, diverging, inversions, movers, standings
from store.cases import queues
from store.engine import Tx
from store.figures import figures, open_counts, readouts
from store.figures.case_counts import Counted
from store.figures.closed_loop import closed_loop
from store.figures.leaders import by_owner, by_team


async def look(
    tx: Tx, house: House, asked: Asked, asker: Asker, searched: Searched | None = None
) -> tuple[Figures, About]:
    """Give what is shown, and around what. Raises NotAllowed for who may not see the programme.

    `searched`: the themes, which nobody can search for within a transaction; needed where they are shown.
    """
    asking.may_see(house, asked, asker)
    about = asking.about(house, asked, asker, tx.now)
    match asked.place.what:
        case Shown.STATUS:
            return status.status(await _status(tx, house, asked), about), about
        case Shown.OVERDUE:
            return overdue.overdue(await _overdue(tx, asked), about), about
        case Shown.SEGMENTS:
            return segments.segments(await _segments(tx, house, asked), about), about
        case Shown.LEADERS:
            return leaders.leaders(await _leaders(tx, house, asked), about), about
        case Shown.THEMES:
            if searched is None:
                raise ValueError("Themes are searched for before they are shown.")
            lead = theme_flows.is_lead(house, asked.programme, asker)
            return themes.themes(theme_flows.shown(searched, asked.place.page, may_change=lead), about), about


async def _status(tx: Tx, house: House, asked: Asked) -> Status:
    programmes, period = [asked.programme.key], asked.period
    loop = await closed_loop(tx, programmes, period.start, period.end)
    return Status(
        contacted=loop.contacted,
        open=await open_counts.open_figures(tx, programmes),
        took=loop.outreach,
        saved=loop.saved,
        at_risk=await open_counts.at_risk(tx, programmes),
        first=tuple(await _first(tx, house, await open_counts.look_first(tx, programmes, LOOK_AT))),
        limit=limit_of(house.policy, asked.programme),
    )


async def _first(tx: Tx, house: House, numbers: Sequence[int]) -> list[First]:
    shown = await _named(tx, numbers)
    renewals = await open_counts.renewals(tx, (each.case.account_id for each in shown))
    found = []
    for each in shown:
        # No line of a status says a segment.
        row = row_of(each.case, tx.now, acv=each.acv, segment="", most_waiting=house.policy.pause.most)
        found.append(First(row, each.account_name, each.contact_name, renewals.get(row.account_id), each.card_link))
    return found


async def _overdue(tx: Tx, asked: Asked) -> Overdue:
    programmes = [asked.programme.key]
    total = (await open_counts.open_figures(tx, programmes)).overdue
    first, last, _ = shown_page(total, asked.place.page)
    picked = await open_counts.look_first(tx, programmes, last - first, first, only_late=True)
    return Overdue(tuple(await _named(tx, picked)), total)


async def _named(tx: Tx, numbers: Sequence[int]) -> list[HomeRow]:
    """What a row of a list needs of these cases, in this order."""
    found = await queues.by_number(tx, numbers)
    return [home_row_of(found[number]) for number in numbers if number in found]


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
        reasons=await _reasons(tx, key, period) if dimension is Dimension.SEGMENT else {},
    )


async def _reasons(tx: Tx, programme: str, period: Period) -> Mapping[str, str]:
    """Why segments moved in a quarter, as its readout says, by segment's key."""
    if period.quarter is None:
        return {}
    readout = await readouts.find(tx, programme, period.quarter)
    return readout.reasons if readout else {}


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
    key, start, end = asked.programme.key, asked.period.start, asked.period.end
    held = await by_owner(tx, key, start, end)
    owners = sorted((_leader(user, counted) for user, counted in held.items()), key=_best_first)
    first, last, _ = shown_page(len(owners), asked.place.page, leaders.ROWS)
    if first:
        return Leaders(tuple(owners[first:last]), len(owners))
    people = {team: house.directory.users(each.members) for team, each in house.policy.teams.items()}
    found = await by_team(tx, key, start, end, held, people)
    teams = (_leader("", counted, house.policy.teams[team].name) for team, counted in found.items())
    return Leaders(tuple(owners[:last]), len(owners), tuple(teams))


def _leader(user: str, held: Counted, team: str = "") -> Leader:
    return Leader(user, held.cases, held.contacted, held.saved, team)


def _best_first(leader: Leader) -> tuple[bool, int, int, int, str]:
    """Who contacts in time, then who saves, then who has more; cases without owner come last."""
    rate = leader.contacted.share.percent
    return not leader.user, -1 if rate is None else -rate, -leader.saved.saved, -leader.cases, leader.user
