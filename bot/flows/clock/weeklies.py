"""A programme's week, told in its channel once a week."""

from collections.abc import Mapping
from decimal import Decimal

from bot.house import House
from bot.surfaces import BulletinSurface
from bot.views import digests
from bot.views.look import Look
from recovery.cases.steps import Step
from recovery.clock.regular import Week, week_of
from recovery.figures.week import Open, WeekFigures, open_now, opened_in_week
from recovery.policy.file import Programme
from store import jobs
from store.cases import notices
from store.cases.notices import Bulletin, BulletinKind
from store.engine import Tx
from store.figures import weeks
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

JOB = "weekly"
# The keys of a bulletin's `about`; the counts stand there as they were told, so that a look drawn later is the same.
PROGRAMME, STEPS, ACV = "programme", "steps", "saved_acv"
COUNTS = ("detractors", "in_time", "decided", "undecided", "saved")
OPEN_COUNTS = ("total", "unassigned", "overdue", "none_left")


def due(tx: Tx, house: House) -> dict[str, Week]:
    """The programmes, by key, whose summary may go out now, each with the week that it is about."""
    policy = house.policy
    found = {
        programme.key: week_of(policy.digests, policy.calendar_of(programme).zone_info, tx.now)
        for programme in policy.programmes.values()
    }
    return {key: week for key, week in found.items() if week}


async def tell(tx: Tx, house: House, programme: Programme, week: Week) -> bool:
    """Asks for the week's summary; False where it was asked for before, or there is nothing to tell."""
    if not await jobs.once(tx, JOB, week.name, programme.key):
        return False
    figures = await _figures(tx, programme.key, week)
    if not figures.says_anything:
        return False
    channel = house.channel_of(programme)
    bulletin = await notices.make_bulletin(tx, channel, BulletinKind.WEEKLY, _about(programme, figures))
    await outbox.want(tx, Wanted(str(BulletinSurface(channel, bulletin)), channel, Rank.CARD))
    return True


async def look_of(_tx: Tx, house: House, bulletin: Bulletin) -> Look | None:
    """The summary as it was counted; None for a programme that the policy no longer has."""
    about = bulletin.about
    programme = house.policy.programmes.get(about.get(PROGRAMME, ""))
    if programme is None:
        return None
    return digests.weekly(programme.name, _read(about), currency=house.policy.workspace.currency)


async def _figures(tx: Tx, programme: str, week: Week) -> WeekFigures:
    reached = await weeks.opened(tx, programme, week.since, week.until)
    detractors, in_time, decided, undecided = opened_in_week(reached, tx.now)
    saved = await weeks.saved(tx, programme, week.since, week.until)
    open_cases = open_now([case async for case in weeks.open_cases(tx, programme)], tx.now)
    return WeekFigures(detractors, in_time, decided, undecided, open_cases, saved.count, saved.acv)


def _about(programme: Programme, figures: WeekFigures) -> dict[str, object]:
    counts = {name: str(getattr(figures, name)) for name in COUNTS}
    held = {name: str(getattr(figures.open, name)) for name in OPEN_COUNTS}
    steps = ",".join(f"{step.value}={count}" for step, count in figures.open.steps.items())
    acv = "" if figures.saved_acv is None else str(figures.saved_acv)
    return {PROGRAMME: programme.key, STEPS: steps, ACV: acv, **counts, **held}


def _read(about: Mapping[str, str]) -> WeekFigures:
    steps = (part.split("=") for part in about[STEPS].split(",") if part)
    return WeekFigures(
        **{name: int(about[name]) for name in COUNTS},
        open=Open(**{name: int(about[name]) for name in OPEN_COUNTS}, steps={Step(s): int(n) for s, n in steps}),
        saved_acv=Decimal(about[ACV]) if about[ACV] else None,
    )
