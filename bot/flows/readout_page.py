"""Counts the one-page readout of a programme and quarter: figures and words in one transaction, themes before it."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from recovery.dimensions import NOT_KNOWN, Dimension
from recovery.nps import Tally
from recovery.page import Counted, Frame, LastAsk, Page, Quote, Written, page_of
from recovery.periods import Period, previous, quarter
from recovery.policy import Policy, Programme
from recovery.steps import Step
from recovery.themes import Verbatim, find_themes
from store import figures, readouts
from store.engine import Database, Tx
from store.readouts import Readout

KEPT = 8  # searches for themes that are remembered, so that pressing Edit and Publish doesn't search again
_found: OrderedDict[str, tuple[Quote, ...]] = OrderedDict()


async def count(db: Database, policy: Policy, programme: Programme, period: Period) -> Page:
    """The whole page in its own transaction, with its themes; `period` is a quarter. For the printed page too."""
    async with db.read() as tx:
        written = await readouts.answers_of_detractors(tx, programme.key, period.start, period.end)
    themes = await themes_of(written)
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
        rows=await figures.case_rows(tx, policy, [programme.key], period.start, period.end),
        themes=themes,
    )
    earlier = await readouts.last_published(tx, programme.key, period.quarter)
    return page_of(frame, counted, _written(policy, readout, earlier))


async def themes_of(answers: Sequence[tuple[int, str]]) -> tuple[Quote, ...]:
    """What detractors say, in their own words; searched for beside the event loop. `answers`: (number, verbatim)."""
    key = hashlib.sha256(repr(list(answers)).encode("utf-8", "backslashreplace")).hexdigest()
    found = _found.get(key)
    if found is None:
        found = _found[key] = await asyncio.to_thread(_search, answers)
        while len(_found) > KEPT:
            _found.popitem(last=False)
    return found


def limit_of(policy: Policy, programme: Programme) -> str:
    """How long a first contact may take, in the policy's words; "" where a tier makes that differ."""
    own = [tier for tier in policy.tiers.values() if not tier.programmes or programme.key in tier.programmes]
    differs = any(tier.limit(Step.OUTREACH) not in {None, policy.ladder.outreach} for tier in own)
    return "" if differs else policy.ladder.outreach.words


def _search(answers: Sequence[tuple[int, str]]) -> tuple[Quote, ...]:
    texts = dict(answers)
    themes = find_themes([Verbatim(number, text) for number, text in answers])
    return tuple(Quote(theme.tag, texts[theme.quote_id], theme.count) for theme in themes)


def _written(policy: Policy, readout: Readout | None, earlier: Readout | None) -> Written:
    last = None
    if earlier is not None and earlier.ask is not None:
        name = quarter(earlier.quarter, policy.figures.fiscal_year_starts).name
        last = LastAsk(name, earlier.ask, earlier.decision)
    if readout is None:
        return Written(last=last)
    return Written(readout.reasons, readout.ask, last, readout.published_at)
