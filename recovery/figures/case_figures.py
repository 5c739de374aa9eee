"""What became of detractors: contact, steps, actions, saves, money (playbook, section 6), from rows of cases.

Withdrawn and duplicate cases are in none of the figures, except that they are unmeasured. Which cases belong to a
period is decided by `submitted_at`, before they come here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from recovery.cases.case import Outcome
from recovery.cases.progress import Verdict
from recovery.cases.steps import Step
from recovery.clock.alarms import Level, Raised
from recovery.figures.bands import Band, band_of
from recovery.figures.case_row import CaseRow
from recovery.figures.contacted import Reached, contacted_in_time, was_in_time
from recovery.figures.periods import Period
from recovery.figures.share import Share
from recovery.policy.figures import FigureRules

NO_TIME = timedelta(0)
A_YEAR_OF_MONTHS = 12
A_YEAR_OF_DAYS = 365
ESCALATIONS = frozenset({Level.BREACH, Level.EXECUTIVE})  # AGAIN repeats one that was raised


@dataclass(frozen=True, slots=True)
class ContactRate:
    """`share`: contacted in time, of the decided cases; `undecided` ones still can be."""

    share: Share = field(default_factory=Share)
    undecided: int = 0

    @property
    def band(self) -> Band | None:
        return band_of(self.share.exact)


def contacted(rows: Iterable[CaseRow], at: datetime) -> ContactRate:
    """Count as the cases stand at `at`."""
    found = contacted_in_time((Reached(row.contacted_at, row.outreach_due, row.outcome) for row in rows), at)
    return ContactRate(Share(found.in_time, found.decided), found.undecided)


@dataclass(frozen=True, slots=True)
class Spread:
    """Lengths of time: the usual median (the mean of the two in the middle), and the 90th percentile.

    `p90` is the shortest of the lengths that at least 90 % don't exceed. Both None when `n` is 0.
    """

    median: timedelta | None = None
    p90: timedelta | None = None
    n: int = 0


def spread_of(lengths: Iterable[timedelta]) -> Spread:
    ordered = sorted(lengths)
    if not ordered:
        return Spread()
    one, other, most = (ordered[place] for place in places(len(ordered)))
    return Spread((one + other) / 2, most, len(ordered))


def places(n: int) -> tuple[int, int, int]:
    """Where the two in the middle (or twice the one) and the 90th percentile stand among `n` in order, from 0."""
    return (n - 1) // 2, n // 2, (9 * n + 9) // 10 - 1


def time_to_outreach(rows: Iterable[CaseRow]) -> Spread:
    """Measure from the submission to the first outreach that counts; waiting on the customer is in it."""
    return spread_of(row.contacted_at - row.submitted_at for row in rows if row.counts and row.contacted_at)


@dataclass(frozen=True, slots=True)
class OnTime:
    """`share`: done within the limit, of the cases for which that is decided; `undecided` ones still can be."""

    share: Share = field(default_factory=Share)
    undecided: int = 0


def steps_on_time(rows: Iterable[CaseRow], at: datetime) -> Mapping[Step, OnTime]:
    """Count every step, in the ladder's order, as the cases stand at `at`.

    A case is not counted for a step that its tier leaves out, that never fell due, or that it closed without before
    the deadline. Outreach counts whether closed or not: closing a case contacts nobody. A follow-up is done when it
    said that the action held; one that slipped has a new deadline.
    """
    verdicts = {step: Counter[bool | None]() for step in Step}
    for row in rows:
        if not row.counts:
            continue
        verdicts[Step.OUTREACH][was_in_time(Reached(row.contacted_at, row.outreach_due, row.outcome), at)] += 1
        for step, done_at, due in _timed(row):
            if due is not None and _is_needed(row, step) and not _closed_before(row, done_at, due):
                verdicts[step][was_in_time(Reached(done_at, due), at)] += 1
    return {
        step: OnTime(Share(found[True], found[True] + found[False]), found[None]) for step, found in verdicts.items()
    }


def _timed(row: CaseRow) -> tuple[tuple[Step, datetime | None, datetime | None], ...]:
    return (
        (Step.FLAG, row.flagged_at, row.flag_due),
        (Step.ASSIGN, row.assigned_at, row.assign_due),
        (Step.CONVERSATION, row.conversation_at, row.conversation_due),
        (Step.ACTION, row.first_committed_at, row.action_due),
        (Step.FOLLOW_UP, row.follow_up_at if row.held else None, row.follow_up_due),
    )


def _is_needed(row: CaseRow, step: Step) -> bool:
    """The same rule as recovery.cases.rungs.is_needed."""
    if step.value not in row.skipped:
        return True
    promised = row.commitments > 0 and Step.ACTION.value in row.skipped
    return promised and step in {Step.ACTION, Step.FOLLOW_UP}


def _closed_before(row: CaseRow, done_at: datetime | None, due: datetime) -> bool:
    return done_at is None and row.closed_at is not None and row.closed_at <= due


@dataclass(frozen=True, slots=True)
class ActionFigures:
    """Promises: `committed` ones, cases whose action `held`, how often one `slipped` or was `broken`.

    Honest no's are apart: `honest_no` cases whose action is one, of which the customer `accepted` so many.
    """

    committed: int = 0
    held: int = 0
    slipped: int = 0
    broken: int = 0
    honest_no: int = 0
    accepted: int = 0


def actions(rows: Iterable[CaseRow]) -> ActionFigures:
    counted = [row for row in rows if row.counts]
    noes = [row for row in counted if row.honest_no]
    return ActionFigures(
        committed=sum(row.commitments for row in counted) - len(noes),
        held=sum(row.held and not row.honest_no for row in counted),
        slipped=sum(row.slips for row in counted),
        broken=sum(row.breaks for row in counted),
        honest_no=len(noes),
        accepted=sum(row.outcome is Outcome.HONEST_NO_ACCEPTED for row in noes),
    )


@dataclass(frozen=True, slots=True)
class EscalationFigures:
    """Escalations that were raised and acknowledged, and how long that took."""

    acknowledged: Share
    took: Spread


def escalations(raised: Iterable[Raised]) -> EscalationFigures:
    """Count missed deadlines that managers or the sponsor heard of; what was said again about them isn't another."""
    counted = [each for each in raised if each.level in ESCALATIONS]
    took = [each.acknowledged_at - each.raised_at for each in counted if each.acknowledged_at]
    return EscalationFigures(Share(len(took), len(counted)), spread_of(took))


@dataclass(frozen=True, slots=True)
class Waited:
    """Cases that waited on the customer, how long all of them together, and how long the longest."""

    cases: int = 0
    total: timedelta = NO_TIME
    longest: timedelta = NO_TIME


def waited(rows: Iterable[CaseRow]) -> Waited:
    """Sum up the time that counted for nobody, so that it can't hide a breach (playbook, section 2, Pause)."""
    lengths = [row.waiting for row in rows if row.counts and row.waiting > NO_TIME]
    return Waited(len(lengths), sum(lengths, NO_TIME), max(lengths, default=NO_TIME))


@dataclass(frozen=True, slots=True)
class Amount:
    """Money a year, each account once. `total`: None when there are accounts and no amount of any is known.

    `accounts` have a known amount; `without`: accounts, and cases without one, that have none.
    """

    total: Decimal | None
    accounts: int
    without: int


def _amount(rows: Iterable[CaseRow]) -> Amount:
    known: dict[tuple[str, int], Decimal | None] = {}
    for row in rows:
        key = ("case", row.id) if row.account_id is None else ("account", row.account_id)
        amounts = [each for each in (known.get(key), row.acv) if each is not None]
        known[key] = max(amounts, default=None)
    amounts = [amount for amount in known.values() if amount is not None]
    without = len(known) - len(amounts)
    return Amount(None if without and not amounts else sum(amounts, Decimal(0)), len(amounts), without)


@dataclass(frozen=True, slots=True)
class SavedFigures:
    """Customers by verdict, and what the saved ones pay a year (None where no account's amount is known)."""

    saved: int = 0
    not_saved: int = 0
    pending: int = 0
    unmeasured: int = 0
    acv_saved: Decimal | None = Decimal(0)

    @property
    def recovery(self) -> Share:
        """The recovery rate: saved, of those of whom a later answer tells."""
        return Share(self.saved, self.saved + self.not_saved)


def saved(rows: Iterable[CaseRow]) -> SavedFigures:
    counted = list(rows)
    by_result = Counter(row.result for row in counted)
    return SavedFigures(
        saved=by_result[Verdict.SAVED],
        not_saved=by_result[Verdict.NOT_SAVED],
        pending=by_result[Verdict.PENDING],
        unmeasured=by_result[Verdict.UNMEASURED],
        acv_saved=_amount(row for row in counted if row.result is Verdict.SAVED).total,
    )


@dataclass(frozen=True, slots=True)
class Money:
    """What accounts pay a year: those with an open case, those with a saved customer, those that churned.

    An account can be in more than one of them, so they are never added up.
    """

    at_risk: Amount
    saved: Amount
    lost: Amount


def money(rows: Iterable[CaseRow]) -> Money:
    counted = [row for row in rows if row.counts]
    return Money(
        at_risk=_amount(row for row in counted if row.is_open),
        saved=_amount(row for row in counted if row.result is Verdict.SAVED),
        lost=_amount(row for row in counted if row.outcome is Outcome.CHURNED),
    )


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What a readout says of the cases of its period."""

    contacted: ContactRate = field(default_factory=ContactRate)
    actions: ActionFigures = field(default_factory=ActionFigures)
    saved: SavedFigures = field(default_factory=SavedFigures)
    money: Money = field(default_factory=lambda: money(()))


def case_figures(rows: Iterable[CaseRow], at: datetime) -> CaseFigures:
    """All of them as the cases stand at `at`."""
    counted = list(rows)
    return CaseFigures(contacted(counted, at), actions(counted), saved(counted), money(counted))


@dataclass(frozen=True, slots=True)
class Cost:
    """What the programme cost in a period, and the money of the customers it saved; 0 when nobody gave the cost."""

    cost: Fraction
    prevented: Decimal | None

    @property
    def ratio(self) -> Fraction | None:
        """Cost for each unit of prevented churn; None when one of both isn't known, or nothing was prevented."""
        return self.cost / Fraction(self.prevented) if self.cost and self.prevented else None


def cost(rules: FigureRules, period: Period, prevented: Decimal | None) -> Cost:
    """Take the period's part of the yearly cost: whole months as twelfths, other days as 365ths."""
    start, end = period.start, period.end
    months = (end.year - start.year) * A_YEAR_OF_MONTHS + end.month - start.month
    whole = start.day == end.day == 1
    part = Fraction(months, A_YEAR_OF_MONTHS) if whole else Fraction((end - start).days, A_YEAR_OF_DAYS)
    return Cost(Fraction(rules.programme_cost) * part, prevented)


@dataclass(frozen=True, slots=True)
class StepOpen:
    """Open cases whose next step this is; `overdue` ones have missed a deadline, the worst by `latest_by`."""

    open: int = 0
    overdue: int = 0
    latest_by: timedelta = NO_TIME


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """Open cases at one moment. `steps` has those with something to do; in `none_left` only the closing is missing."""

    total: int = 0
    overdue: int = 0
    none_left: int = 0
    steps: Mapping[Step, StepOpen] = field(default_factory=dict)


def open_figures(rows: Iterable[CaseRow], at: datetime) -> OpenFigures:
    """Count open cases by their next step, in the ladder's order; steps that no case is at are left out."""
    rows = [row for row in rows if row.is_open]
    by_step = {step: [row.late_by(at) for row in rows if row.next_step is step] for step in Step}
    return OpenFigures(
        total=len(rows),
        overdue=sum(row.late_by(at) > NO_TIME for row in rows),
        none_left=sum(row.next_step is None for row in rows),
        steps={
            step: StepOpen(len(late), sum(by > NO_TIME for by in late), max(late))
            for step, late in by_step.items()
            if late
        },
    )


def grouped(rows: Iterable[CaseRow], key: Callable[[CaseRow], str]) -> Mapping[str, tuple[CaseRow, ...]]:
    """Part the cases by something of them (tier, segment, root cause, owner), in the order of its names."""
    found: dict[str, list[CaseRow]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {name: tuple(found[name]) for name in sorted(found)}
