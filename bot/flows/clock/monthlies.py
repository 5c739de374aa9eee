"""A programme's month, told to leadership once a month: in the executives' channel, else to each by direct message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.flows.cases import rosters
from bot.flows.cases.casework import leads_of
from bot.flows.cases.settle import is_gone
from bot.flows.figures.readout_page import limit_of
from bot.house import House
from bot.surfaces import BulletinSurface
from bot.views import monthly
from bot.views.look import Look
from recovery.clock.regular import month_of
from recovery.figures.case_figures import cost
from recovery.figures.month import MonthFigures, Recovered, Summary, actions_of, count_months, months_until, ranked
from recovery.figures.periods import Period, previous
from recovery.policy.file import Calendar, Programme
from store import jobs
from store.cases import notices
from store.cases.notices import Bulletin, BulletinKind
from store.engine import Tx
from store.figures import beginnings, open_counts, registry
from store.figures.closed_loop import closed_loop
from store.figures.monthly import By, escalations, recovery_by
from store.figures.steps_on_time import steps_on_time
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

JOB: Final = "monthly"
# The keys of a bulletin's `about`; what was told stands there as Slack took it, so that a look drawn later is the same.
PROGRAMME, MONTH, TEXT, BLOCKS = "programme", "month", "text", "blocks"


@dataclass(frozen=True, slots=True)
class Due:
    """A channel or a person (`to`, a Slack id) who should hear of this month of the programme now."""

    programme: str
    to: str
    month: Period


async def due(tx: Tx, house: House) -> list[Due]:
    """Who may hear now, and hasn't gone or is away; whether they have heard before is not looked at."""
    found = [each for programme in house.policy.programmes.values() for each in _due(house, programme, tx.now)]
    away = await rosters.away_now(tx, house) if found else {}
    return [each for each in found if each.to not in away]


async def count(tx: Tx, house: House, wanted: Due) -> Summary | None:
    """The figures as they stand now; None where there is nothing to tell.

    Ask for them in a transaction that only reads: they take a while where there are many cases.
    """
    programme = house.policy.programmes.get(wanted.programme)
    first = await beginnings.first_case(tx, wanted.programme)
    if programme is None or first is None or first >= wanted.month.end:
        return None
    before = previous(wanted.month)
    zone = house.policy.calendar_of(programme).zone_info
    found = Summary(
        month=wanted.month,
        before=before,
        at=tx.now,
        now=await _month(tx, house, programme, wanted.month),
        then=await _month(tx, house, programme, before),
        recovered=await _recovered(tx, house, programme, months_until(wanted.month, first)),
        open=await open_counts.open_figures(tx, [programme.key]),
        at_risk=await open_counts.at_risk(tx, [programme.key]),
        actions=actions_of(await registry.of_programme(tx, programme.key), tx.now, zone),
        limit=limit_of(house.policy, programme),
    )
    return found if found.says_anything else None


async def tell(tx: Tx, house: House, wanted: Due, summary: Summary | None) -> bool:
    """Asks for the message; False where it was asked for before, is out of date, or there is nothing to tell."""
    programme = house.policy.programmes.get(wanted.programme)
    # The policy, or who is who, may have changed since it was due.
    if programme is None or wanted not in _due(house, programme, tx.now):
        return False
    if not await jobs.once(tx, JOB, wanted.month.key, f"{programme.key}:{wanted.to}") or summary is None:
        return False
    names = {key: segment.name for key, segment in house.policy.segments.items()}
    look = monthly.monthly(programme.name, summary, names, currency=house.policy.workspace.currency)
    about = {PROGRAMME: programme.key, MONTH: wanted.month.key, TEXT: look.text, BLOCKS: list(look.blocks)}
    bulletin = await notices.make_bulletin(tx, wanted.to, BulletinKind.MONTHLY, about)
    await outbox.want(tx, Wanted(str(BulletinSurface(wanted.to, bulletin)), wanted.to, Rank.CARD))
    return True


def look_of(house: House, bulletin: Bulletin) -> Look | None:
    """The summary as it was told; None for a programme that the policy no longer has."""
    about = bulletin.about
    if about.get(PROGRAMME) not in house.policy.programmes:
        return None
    return Look(about[TEXT], tuple(about[BLOCKS]))


def _due(house: House, programme: Programme, at: datetime) -> list[Due]:
    found = []
    for to, calendar, zone in _readers(house, programme):
        over = month_of(house.policy, calendar, zone, at)
        if over is not None:
            found.append(Due(programme.key, to, over))
    return found


def _readers(house: House, programme: Programme) -> list[tuple[str, Calendar, ZoneInfo]]:
    """Who hears, each with the working days and the zone by which they do."""
    usual = house.policy.calendar_of(programme)
    if programme.executives:
        channel = house.directory.channel_id(programme.executives)
        places = house.directory.places_of(channel)
        if not any(place.is_closed for place in places):
            # Nobody has looked yet which channel has that name: a later beat knows.
            return [] if channel.startswith("#") else [(channel, usual, usual.zone_info)]
    found = []
    sponsor = house.directory.user_id(house.policy.sponsor_of(programme))
    for user in dict.fromkeys([*leads_of(house, programme), *([sponsor] if sponsor else [])]):
        if not is_gone(house, user):
            person, calendar = house.directory.people.get(user), house.calendar_of(user, programme)
            found.append((user, calendar, person.zone_info if person and person.zone else calendar.zone_info))
    return found


async def _month(tx: Tx, house: House, programme: Programme, period: Period) -> MonthFigures:
    start, end = period.start, period.end
    loop = await closed_loop(tx, [programme.key], start, end)
    return MonthFigures(
        contacted=loop.contacted,
        took=loop.outreach,
        steps=await steps_on_time(tx, house.policy, programme.key, start, end),
        escalations=await escalations(tx, programme.key, start, end),
        saved=loop.saved,
    )


async def _recovered(tx: Tx, house: House, programme: Programme, period: Period) -> Recovered:
    policy, key, start, end = house.policy, programme.key, period.start, period.end
    loop = await closed_loop(tx, [key], start, end)
    return Recovered(
        months=count_months(period),
        saved=loop.saved,
        cost=cost(policy.figures, period, loop.saved.acv_saved),
        segments=ranked(await recovery_by(tx, policy, key, start, end, By.SEGMENT)),
        root_causes=ranked(await recovery_by(tx, policy, key, start, end, By.ROOT_CAUSE)),
    )
