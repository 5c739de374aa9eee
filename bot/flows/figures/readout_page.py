"""Counts the one-page readout of a programme and quarter: figures and words in one transaction, themes before it."""

from bot.flows.figures import themes as theme_flows
from bot.flows.figures.themes import Gathered
from bot.house import House
from bot.theme_search import ThemeSearch
from recovery.cases.steps import Step
from recovery.figures.dimensions import NOT_KNOWN, Dimension
from recovery.figures.nps import Tally
from recovery.figures.periods import Period, previous, quarter
from recovery.policy.file import Policy, Programme
from recovery.readouts.page import Counted, Frame, LastAsk, Page, Quote, Written, page_of
from store.engine import Database, Tx
from store.figures import figures, readouts
from store.figures.closed_loop import case_figures
from store.figures.monthly import waited
from store.figures.readouts import Readout


async def published(db: Database, programme: Programme, period: Period) -> str:
    """The printable sheet as it was published, HTML; "" where it has to be counted. `period` is a quarter."""
    assert period.quarter is not None  # noqa: S101 - whoever prints asks for a quarter
    async with db.read() as tx:
        found = await readouts.find(tx, programme.key, period.quarter)
    return found.posted.paper if found and found.posted else ""


async def count(db: Database, policy: Policy, programme: Programme, period: Period, search: ThemeSearch) -> Page:
    """The whole page in its own transaction, with its themes; `period` is a quarter. For the printed page too."""
    async with db.read() as tx:
        gathered = await theme_flows.gather(tx, House(policy), programme.key, period)
    themes = await themes_of(gathered, search)
    async with db.read() as tx:
        return await page(tx, policy, programme, period, themes)


async def page(
    tx: Tx, policy: Policy, programme: Programme, period: Period, themes: tuple[Quote, ...] | None = None
) -> Page:
    """The page as it stands now. Raises ValueError for a period that is no quarter."""
    if period.quarter is None:
        raise ValueError(f"{period.key} is no quarter.")
    readout = await readouts.find(tx, programme.key, period.quarter)
    before = previous(period)
    by_segment = [
        await figures.tallies_in(tx, policy, programme.key, each, Dimension.SEGMENT) for each in (period, before)
    ]
    overall = [await figures.tallies_in(tx, policy, programme.key, each) for each in (period, before)]
    frame = Frame(
        programme=programme.name,
        kind=programme.kind,
        period=period,
        at=tx.now,
        currency=policy.workspace.currency,
        limit=limit_of(policy, programme),
        rules=policy.figures,
        names={key: segment.name for key, segment in policy.segments.items()},
    )
    counted = Counted(
        now=by_segment[0],
        before=by_segment[1],
        overall_now=overall[0].get(NOT_KNOWN, Tally()),
        overall_before=overall[1].get(NOT_KNOWN, Tally()),
        cases=await case_figures(tx, [programme.key], period.start, period.end),
        waited=await waited(tx, policy, programme.key, period.start, period.end),
        themes=themes,
    )
    earlier = await readouts.last_published(tx, programme.key, period.quarter)
    return page_of(frame, counted, _written(policy, readout, earlier))


async def themes_of(gathered: Gathered, search: ThemeSearch) -> tuple[Quote, ...]:
    """What detractors say, in their own words, as people have named, merged and split it. Outside any transaction."""
    found = await search.find(gathered.verbatims, gathered.remembered)
    texts = gathered.by_id
    return tuple(Quote(theme.tag, texts[theme.quote_id].text, theme.count) for theme in found)


def limit_of(policy: Policy, programme: Programme) -> str:
    """How long a first contact may take, in the policy's words; "" where a tier makes that differ."""
    own = [tier for tier in policy.tiers.values() if not tier.programmes or programme.key in tier.programmes]
    differs = any(tier.limit(Step.OUTREACH) not in {None, policy.ladder.outreach} for tier in own)
    return "" if differs else policy.ladder.outreach.words


def _written(policy: Policy, readout: Readout | None, earlier: Readout | None) -> Written:
    last = None
    if earlier is not None and earlier.ask is not None:
        name = quarter(earlier.quarter, policy.figures.fiscal_year_starts).name
        last = LastAsk(name, earlier.ask, earlier.decision)
    if readout is None:
        return Written(last=last)
    return Written(readout.reasons, readout.ask, last, readout.published_at)
