"""The same figures as tests/export/recount.py, as winback's own code makes them: store.figures and recovery."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from recovery.case_figures import (
    Amount,
    Spread,
    actions,
    contacted,
    escalations,
    grouped,
    money,
    open_figures,
    saved,
    steps_on_time,
    time_to_outreach,
    waited,
)
from recovery.case_row import CaseRow
from recovery.dimensions import Dimension
from recovery.periods import Period, previous
from recovery.policy import Policy
from recovery.readout import Trend, diverging, movers, standings, trend
from recovery.share import rounded
from store import figures
from store.closed_loop import closed_loop
from store.engine import Tx

Figures = dict[tuple[str, ...], Any]
Rows = Sequence[CaseRow]


async def of_answers(tx: Tx, policy: Policy, programme: str, period: Period, name: str) -> Figures:
    """NPS of everybody and of each group."""
    found: Figures = {}
    for dimension in (None, *Dimension):
        tallies = await figures.tallies_in(tx, policy, programme, period, dimension)
        for value, tally in tallies.items():
            key = ("nps", programme, name, dimension.value if dimension else "", value)
            found[key] = (tally.promoters, tally.passives, tally.detractors, tally.nps, tally.margin)
    voices = await figures.voices(tx, programme, period)
    found["diverging", programme, name] = {each.account_id for each in diverging(voices)}
    return found


async def of_moves(tx: Tx, policy: Policy, programme: str, period: Period) -> Figures:
    """By how many points each group moved since the period before, where there are enough answers to say so."""
    found: Figures = {}
    for dimension in Dimension:
        now = await figures.tallies_in(tx, policy, programme, period, dimension)
        before = await figures.tallies_in(tx, policy, programme, previous(period), dimension)
        groups = standings(now, before, policy.figures, dimension)
        moved = movers(groups, policy.figures)
        for group in groups:
            if group.change is not None and trend(group, policy.figures) is not Trend.UNDER_SAMPLED:
                key = ("moved", programme, period.key, dimension.value, group.value)
                found[key] = (rounded(group.change), group in moved)
    return found


async def of_cases(tx: Tx, policy: Policy, programme: str, period: Period) -> Figures:
    """Everything that is counted of the cases that were submitted in the period."""
    rows = await figures.case_rows(tx, policy, [programme], period.start, period.end)
    at = tx.now
    loop = await closed_loop(tx, [programme], period.start, period.end)
    found: Figures = {("actions",): _actions(rows), ("waited",): _waited(rows)}
    found |= _grouped("contacted", rows, lambda some: _contacted(some, at), ("tier", "segment", "owner"))
    found |= _grouped("outreach", rows, lambda some: _spread(time_to_outreach(some)), ("tier", "segment"))
    found |= _grouped("saved", rows, _saved, ("segment", "root_cause", "owner"))
    for step, on_time in steps_on_time(rows, at).items():
        found["on time", step.value] = (on_time.share.part, on_time.share.whole, on_time.undecided)
    raised = escalations(await figures.escalated(tx, [programme], period.start, period.end))
    took = _spread(raised.took)
    found["escalated",] = (raised.acknowledged.part, raised.acknowledged.whole, *took[:2])
    amounts = money(rows)
    found["money", "at risk"] = _amount(amounts.at_risk)
    found["money", "saved"] = _amount(amounts.saved)
    found["money", "lost"] = _amount(amounts.lost)
    opened = open_figures(rows, at)
    found["open",] = (opened.total, opened.overdue, opened.none_left)
    for step, one in opened.steps.items():
        found["open", step.value] = (one.open, one.overdue, _us(one.latest_by))
    # The database's own count of the same, which `/nps status` shows.
    assert loop.contacted == contacted(rows, at)
    assert loop.outreach == time_to_outreach(rows)
    assert loop.saved == saved(rows)
    assert loop.money == money(rows)
    return found


def _grouped(name: str, rows: Rows, figure: Callable[[Rows], Any], by: Iterable[str]) -> Figures:
    found: Figures = {(name,): figure(rows)}
    for attribute in by:
        column = "group_segment" if attribute == "segment" else attribute
        for value, some in grouped(rows, lambda row, attribute=attribute: getattr(row, attribute)).items():  # type: ignore[misc]
            found[name, column, value] = figure(some)
    return found


def _contacted(rows: Rows, at: Any) -> tuple[int, ...]:
    rate = contacted(rows, at)
    return rate.share.part, rate.share.whole, rate.undecided


def _spread(spread: Spread) -> tuple[int | None, ...]:
    return _us(spread.median), _us(spread.p90), spread.n


def _actions(rows: Rows) -> tuple[int, ...]:
    told = actions(rows)
    return told.committed, told.held, told.slipped, told.broken, told.honest_no, told.accepted


def _saved(rows: Rows) -> tuple[int | None, ...]:
    told = saved(rows)
    return told.saved, told.not_saved, told.pending, told.unmeasured, told.recovery.percent


def _waited(rows: Rows) -> tuple[int | None, ...]:
    told = waited(rows)
    return told.cases, _us(told.total), _us(told.longest)


def _amount(amount: Amount) -> tuple[int | None, int, int]:
    cents = None if amount.total is None else int(amount.total * 100)
    return cents, amount.accounts, amount.without


def _us(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(microseconds=1)
