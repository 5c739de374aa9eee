"""The readout of a quarter: drafted, written on, published with its Ask (playbook, section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.flows.cases.casework import Asker, leads_of, standing_of
from bot.flows.figures import readout_page
from bot.flows.figures.sharing import refuse_closed
from bot.house import House
from bot.paper.sheet import sheet
from bot.surfaces import DraftSurface, HomeSurface, ReadoutSurface
from bot.views import kit
from bot.views import pages as pages_view
from bot.views import trouble as trouble_view
from bot.views.look import Block, Look
from bot.views.readouts import decisions as decisions_view
from bot.views.readouts import draft as draft_view
from bot.views.readouts import words
from bot.views.readouts.draft import Carried
from bot.views.readouts.page import page_blocks, summary
from recovery import roles
from recovery.clock.sla import is_working_day
from recovery.errors import FieldRefusal, Refusal
from recovery.figures.periods import DAY, Period, previous, quarter, quarter_of
from recovery.moments import long_day
from recovery.policy.file import Programme
from recovery.readouts import asking_gate
from recovery.readouts.page import Ask, Page, Quote
from store import jobs
from store.engine import Tx
from store.figures import figures, readouts
from store.figures.readouts import Posted, Readout, ReadoutState
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

JOB = "readout"
FIRST_HOUR = time(9)  # of the first working day, in the lead's own zone
LATE = timedelta(days=14)  # a draft that is later than this is asked for, not announced
Themes = tuple[Quote, ...] | None


@dataclass(frozen=True, slots=True)
class Due:
    """A lead who should hear that this quarter of the programme is over."""

    programme: str
    user: str
    period: Period


def quarter_of_period(house: House, period: Period) -> Period:
    """The quarter that is meant. Raises Refusal for a period that is none."""
    if period.quarter is None:
        example = previous(period).key if previous(period).quarter else "2026Q3"
        raise Refusal(words.NO_QUARTER.format(example=example))
    return quarter(period.quarter, house.policy.figures.fiscal_year_starts)


async def usual_quarter(tx: Tx, house: House, programme: Programme) -> Period:
    """Without a word it is the quarter that closed last; the one that runs where nobody had answered by then."""
    now = quarter(quarter_of(tx.now, house.policy.figures.fiscal_year_starts), house.policy.figures.fiscal_year_starts)
    before = previous(now)
    return before if await figures.tallies_in(tx, house.policy, programme.key, before) else now


async def begin(tx: Tx, house: House, programme: Programme, period: Period, asker: Asker) -> Readout:
    """The readout of the quarter, begun where there is none. Raises NotAllowed for who is no lead."""
    roles.check_readout(standing_of(house, programme, asker))
    return await readouts.draft(tx, programme.key, _number(period))


async def shown(tx: Tx, house: House, readout_id: int, asker: Asker, themes: Themes) -> Look:
    """The page as its lead sees it now: the draft with what to press, or what was published. Raises Refusal."""
    readout, programme = await load(tx, house, readout_id)
    roles.check_readout(standing_of(house, programme, asker))
    if readout.posted is not None and readout.published_at is not None:
        look = await _published(tx, house, readout, programme, readout.posted)
    else:
        page = await _page(tx, house, readout, programme, themes)
        look = draft_view.draft(page, Carried(readout.id, readout.version))
    by_hand = pages_view.print_by_hand(programme.key, period_of(house, readout).key)
    return pages_view.offered(look, house.links, draft_view.value(readout.id, readout.version), by_hand)


async def window(tx: Tx, house: House, carried: Carried, asker: Asker) -> Block:
    """The window in which the draft is written on. Raises Refusal where it can't be changed any more."""
    readout, programme = await load(tx, house, carried.readout_id)
    roles.check_readout(standing_of(house, programme, asker))
    _refuse_published(readout)
    page = await _page(tx, house, readout, programme, None)
    return draft_view.window(page, replace(carried, version=readout.version))


async def write(
    tx: Tx, house: House, carried: Carried, reasons: Mapping[str, str], ask: Ask | None, asker: Asker
) -> None:
    """Keep what was typed. Raises FieldRefusal for an Ask that decides nothing, with the words found."""
    readout, programme = await load(tx, house, carried.readout_id)
    roles.check_readout(standing_of(house, programme, asker))
    _refuse_published(readout)
    merged = {key: text for key, text in {**readout.reasons, **reasons}.items() if text.strip()}
    if (merged, ask) == (dict(readout.reasons), readout.ask):
        return  # sent twice
    if readout.version != carried.version:
        raise Refusal(words.CHANGED)
    if ask is not None:
        _check(tx, house, programme, ask)
    await readouts.write(tx, readout, merged, ask)
    await refresh_homes(tx, house, programme)


async def publish(tx: Tx, house: House, carried: Carried, asker: Asker, themes: Themes) -> Look:
    """Post the page to the executives' channel, once. Raises Refusal, above all without an Ask that decides."""
    readout, programme = await load(tx, house, carried.readout_id)
    roles.check_readout(standing_of(house, programme, asker))
    surface = str(ReadoutSurface(readout.id))
    if readout.posted is not None:  # pressed twice, by two, or because it never arrived
        if await outbox.given_up(tx, surface) is not None:
            await outbox.want(tx, Wanted(surface, _channel(house, programme), Rank.CARD))
        return await shown(tx, house, readout.id, asker, themes)
    if readout.version != carried.version:
        raise Refusal(words.CHANGED)
    if readout.ask is None:
        raise Refusal(words.MISSING_ASK)
    try:
        _check(tx, house, programme, readout.ask)
    except FieldRefusal as error:
        raise Refusal(words.REFUSED_ASK.format(why=error.sentence)) from None
    page = await _page(tx, house, readout, programme, themes)
    if not page.period.is_over(tx.now):
        day = long_day((page.period.end - DAY).date())
        raise Refusal(words.RUNNING.format(period=page.period.name, day=day))
    channel = _channel(house, programme)
    paper = sheet(replace(page, published_at=tx.now), house.policy.figures)
    await readouts.publish(tx, readout, Posted(summary(page), tuple(page_blocks(page)), paper), asker.user)
    await _refresh_drafts(tx, house, readout, programme)
    await refresh_homes(tx, house, programme)
    await outbox.want(tx, Wanted(surface, channel, Rank.CARD))
    return await shown(tx, house, readout.id, asker, themes)


async def published_look(tx: Tx, house: House, readout_id: int) -> Look | None:
    """What the executives' channel sees now."""
    readout = await readouts.get(tx, readout_id)
    if readout is None or readout.posted is None:
        return None
    carried = Carried(readout.id, readout.version)
    look = decisions_view.readout(readout.posted.text, readout.posted.blocks, readout.decisions, carried)
    return pages_view.offered(look, house.links, draft_view.value(readout.id, readout.version))


async def draft_look(tx: Tx, house: House, user: str, readout_id: int) -> Look | None:
    """What a lead was told of a draft; None where it was published before they could be told."""
    readout = await readouts.get(tx, readout_id)
    programme = house.policy.programmes.get(readout.programme) if readout else None
    if readout is None or programme is None:
        return None
    if readout.state is ReadoutState.PUBLISHED:
        why = await outbox.given_up(tx, str(ReadoutSurface(readout_id)))
        if why is not None:
            trouble = _unposted(house, programme, why)
            return draft_view.lost(
                programme.name, _name(house, readout.quarter), trouble, Carried(readout.id, readout.version)
            )
        if await outbox.where_shown(tx, str(DraftSurface(user, readout_id))) is None:
            return None
        return draft_view.done(programme.name, _name(house, readout.quarter), readout.published_by)
    page = await _page(tx, house, readout, programme, None)
    return draft_view.ready(page, Carried(readout.id, readout.version))


def due(house: House, at: datetime) -> list[Due]:
    """The leads who may hear of a quarter's end now: from nine on a working day of theirs, for two weeks."""
    starts = house.policy.figures.fiscal_year_starts
    period = previous(quarter(quarter_of(at, starts), starts))
    if at - period.end >= LATE:
        return []
    found = []
    for programme in house.policy.programmes.values():
        for user in leads_of(house, programme):
            person = house.directory.people.get(user)
            calendar = house.calendar_of(user, programme)
            local = at.astimezone(person.zone_info if person and person.zone else calendar.zone_info)
            if local.time() >= FIRST_HOUR and is_working_day(calendar, local.date()):
                found.append(Due(programme.key, user, period))
    return found


async def announce(tx: Tx, house: House, due: Due) -> bool:
    """Tell the lead once; False where they were told before, or nothing happened in the quarter."""
    programme = house.policy.programmes.get(due.programme)
    if programme is None or not await jobs.once(tx, JOB, due.period.key, f"{due.programme}:{due.user}"):
        return False
    page = await readout_page.page(tx, house.policy, programme, due.period)
    if not page.overall.standing.now.n:
        return False
    readout = await readouts.draft(tx, due.programme, _number(due.period))
    if readout.state is ReadoutState.PUBLISHED:
        return False
    await outbox.want(tx, Wanted(str(DraftSurface(due.user, readout.id)), due.user, Rank.CARD))
    return True


async def was_posted(tx: Tx, house: House, readout_id: int) -> None:
    """Where leads were told that it could not be posted, they see that it is."""
    readout = await readouts.get(tx, readout_id)
    programme = house.policy.programmes.get(readout.programme) if readout else None
    if readout is not None and programme is not None:
        await _refresh_drafts(tx, house, readout, programme)
        await refresh_homes(tx, house, programme)


async def was_lost(tx: Tx, house: House, readout_id: int) -> None:
    """Slack would not take a published readout: the leads hear, and can have it posted once more."""
    readout = await readouts.get(tx, readout_id)
    programme = house.policy.programmes.get(readout.programme) if readout else None
    if readout is None or programme is None:
        return
    for user in sorted(leads_of(house, programme)):
        await outbox.want(tx, Wanted(str(DraftSurface(user, readout_id)), user, Rank.CARD))
    await refresh_homes(tx, house, programme)


async def load(tx: Tx, house: House, readout_id: int) -> tuple[Readout, Programme]:
    """Raises Refusal for a number of none, or of a programme that the policy no longer has."""
    readout = await readouts.get(tx, readout_id)
    programme = house.policy.programmes.get(readout.programme) if readout else None
    if readout is None or programme is None:
        raise Refusal(words.GONE)
    return readout, programme


def period_of(house: House, readout: Readout) -> Period:
    return quarter(readout.quarter, house.policy.figures.fiscal_year_starts)


async def _page(tx: Tx, house: House, readout: Readout, programme: Programme, themes: Themes) -> Page:
    return await readout_page.page(tx, house.policy, programme, period_of(house, readout), themes)


def _check(tx: Tx, house: House, programme: Programme, ask: Ask) -> None:
    today = tx.now.astimezone(house.policy.calendar_of(programme).zone_info).date()
    try:
        asking_gate.check_ask(ask, today, house.policy.commitment.vague_words)
    except FieldRefusal as error:
        raise FieldRefusal(f"ask_{error.field}", error.sentence) from None


def _refuse_published(readout: Readout) -> None:
    if readout.state is ReadoutState.PUBLISHED:
        raise Refusal(words.ALREADY)


def _channel(house: House, programme: Programme) -> str:
    if not programme.executives:
        raise Refusal(words.NO_CHANNEL.format(key=programme.key))
    channel = house.directory.channel_id(programme.executives)
    if channel.startswith("#"):  # a name that nobody has found the channel of
        raise Refusal(words.CHANNEL_UNKNOWN.format(channel=programme.executives))
    refuse_closed(house, channel)
    return channel


async def refresh_homes(tx: Tx, house: House, programme: Programme) -> None:
    """Leads see in their App Home how the last readout stands."""
    await outbox.refresh(tx, *(str(HomeSurface(user)) for user in sorted(leads_of(house, programme))))


async def _refresh_drafts(tx: Tx, house: House, readout: Readout, programme: Programme) -> None:
    for user in sorted(leads_of(house, programme)):
        surface = str(DraftSurface(user, readout.id))
        if await outbox.where_shown(tx, surface) is not None:
            await outbox.want(tx, Wanted(surface, user, Rank.REFRESH))


async def _published(tx: Tx, house: House, readout: Readout, programme: Programme, posted: Posted) -> Look:
    why = await outbox.given_up(tx, str(ReadoutSurface(readout.id)))
    if why is None:
        return draft_view.published(posted.text, posted.blocks, _said(house, programme, readout))
    carried = Carried(readout.id, readout.version)
    return draft_view.unposted(posted.text, posted.blocks, _unposted(house, programme, why), carried)


def _unposted(house: House, programme: Programme, why: str) -> str:
    if not programme.executives:
        return words.NO_CHANNEL.format(key=programme.key)
    return trouble_view.said(house.directory.channel_id(programme.executives), why)


def _said(house: House, programme: Programme, readout: Readout) -> str:
    channel = house.directory.channel_id(programme.executives or "")
    at = readout.published_at or readout.draft_at
    place = f"<#{channel}>" if channel else words.NOT_KNOWN
    return words.PUBLISHED.format(channel=place, who=kit.mention(readout.published_by), at=kit.when(at))


def _name(house: House, number: int) -> str:
    return quarter(number, house.policy.figures.fiscal_year_starts).name


def _number(period: Period) -> int:
    assert period.quarter is not None  # noqa: S101 - quarter_of_period and usual_quarter give quarters
    return period.quarter
