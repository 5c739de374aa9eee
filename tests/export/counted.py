"""The same figures as tests/export/recount.py, as winback's own code makes them: store and recovery."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from recovery.figures.case_figures import (
    ActionFigures,
    Amount,
    ContactRate,
    SavedFigures,
    Spread,
    Waited,
    actions,
    contacted,
    grouped,
    money,
    open_figures,
    saved,
    time_to_outreach,
    waited,
)
from recovery.figures.case_figures import steps_on_time as figures_of_steps
from recovery.figures.case_row import CaseRow
from recovery.figures.dimensions import Dimension
from recovery.figures.periods import Period, previous
from recovery.figures.share import rounded
from recovery.policy.file import Policy
from recovery.readouts.readout import Trend, diverging, movers, standings, trend
from store.engine import Tx
from store.figures import figures, monthly
from store.figures.closed_loop import case_figures, closed_loop
from store.figures.leaders import by_owner
from store.figures.monthly import By
from store.figures.steps_on_time import steps_on_time
from tests.figures.rows import case_rows

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
    """Everything that is counted of the cases that were submitted in the period, by the database where it counts."""
    rows = await case_rows(tx, policy, [programme], period.start, period.end)
    found = _of_rows(rows, tx.now)
    told = await _by_database(tx, policy, programme, period)
    # The rules say the same of the rows; of groups of which nothing counts, only they say so.
    assert {key: found[key] for key in told if key in found} == {key: told[key] for key in told if key in found}
    return found | told


async def _by_database(tx: Tx, policy: Policy, programme: str, period: Period) -> Figures:
    span = (programme, period.start, period.end)
    told = await case_figures(tx, [programme], period.start, period.end)
    loop = await closed_loop(tx, [programme], period.start, period.end)
    raised = await monthly.escalations(tx, *span)
    found: Figures = {
        ("actions",): _actions(told.actions),
        ("waited",): _waited(await monthly.waited(tx, policy, *span)),
        ("contacted",): _contacted(loop.contacted),
        ("outreach",): _spread(loop.outreach),
        ("saved",): _saved(loop.saved),
        ("escalated",): (raised.acknowledged.part, raised.acknowledged.whole, *_spread(raised.took)[:2]),
        ("money", "at risk"): _amount(told.money.at_risk),
        ("money", "saved"): _amount(told.money.saved),
        ("money", "lost"): _amount(told.money.lost),
    }
    for owner, each in (await by_owner(tx, *span)).items():
        found["contacted", "owner", owner] = _contacted(each.contacted)
        found["saved", "owner", owner] = _saved(each.saved)
    for by in (By.SEGMENT, By.ROOT_CAUSE):
        for value, saved_there in (await monthly.recovery_by(tx, policy, *span, by)).items():
            found["saved", _column(by.value), value] = _saved(saved_there)
    for by in (By.SEGMENT, By.TIER):
        for value, took in (await monthly.outreach_by(tx, policy, *span, by)).items():
            found["outreach", _column(by.value), value] = _spread(took)
    for step, on_time in (await steps_on_time(tx, policy, *span)).items():
        found["on time", step.value] = (on_time.share.part, on_time.share.whole, on_time.undecided)
    return found


def _of_rows(rows: Rows, at: datetime) -> Figures:
    """What the rules make of the rows."""
    found: Figures = {("actions",): _actions(actions(rows)), ("waited",): _waited(waited(rows))}
    found |= _grouped("contacted", rows, lambda some: _contacted(contacted(some, at)), ("tier", "segment", "owner"))
    found |= _grouped("outreach", rows, lambda some: _spread(time_to_outreach(some)), ("tier", "segment"))
    found |= _grouped("saved", rows, lambda some: _saved(saved(some)), ("segment", "root_cause", "owner"))
    for step, on_time in figures_of_steps(rows, at).items():
        found["on time", step.value] = (on_time.share.part, on_time.share.whole, on_time.undecided)
    amounts = money(rows)
    found["money", "at risk"] = _amount(amounts.at_risk)
    found["money", "saved"] = _amount(amounts.saved)
    found["money", "lost"] = _amount(amounts.lost)
    opened = open_figures(rows, at)
    found["open",] = (opened.total, opened.overdue, opened.none_left)
    for step, one in opened.steps.items():
        found["open", step.value] = (one.open, one.overdue, _us(one.latest_by))
    return found


def _grouped(name: str, rows: Rows, figure: Callable[[Rows], Any], by: Iterable[str]) -> Figures:
    found: Figures = {(name,): figure(rows)}
    for attribute in by:
        for value, some in grouped(rows, lambda row, attribute=attribute: getattr(row, attribute)).items():  # type: ignore[misc]
            found[name, _column(attribute), value] = figure(some)
    return found


def _column(attribute: str) -> str:
    return "group_segment" if attribute == "segment" else attribute


def _contacted(rate: ContactRate) -> tuple[int, ...]:
    return rate.share.part, rate.share.whole, rate.undecided


def _spread(spread: Spread) -> tuple[int | None, ...]:
    return _us(spread.median), _us(spread.p90), spread.n


def _actions(told: ActionFigures) -> tuple[int, ...]:
    return told.committed, told.held, told.slipped, told.broken, told.honest_no, told.accepted


def _saved(told: SavedFigures) -> tuple[int | None, ...]:
    return told.saved, told.not_saved, told.pending, told.unmeasured, told.recovery.percent


def _waited(told: Waited) -> tuple[int | None, ...]:
    return told.cases, _us(told.total), _us(told.longest)


def _amount(amount: Amount) -> tuple[int | None, int, int]:
    cents = None if amount.total is None else int(amount.total * 100)
    return cents, amount.accounts, amount.without


def _us(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(microseconds=1)
