"""What became of detractors, in counts: each figure by table, and against a plain second way of counting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Outcome, State
from recovery.cases.progress import Verdict
from recovery.cases.steps import Step
from recovery.clock.alarms import Level, Raised
from recovery.figures.bands import band_of, recovery_band_of
from recovery.figures.case_figures import (
    ActionFigures,
    Amount,
    ContactRate,
    OnTime,
    OpenFigures,
    SavedFigures,
    Spread,
    StepOpen,
    Waited,
    actions,
    contacted,
    cost,
    escalations,
    grouped,
    money,
    open_figures,
    saved,
    spread_of,
    steps_on_time,
    time_to_outreach,
    waited,
)
from recovery.figures.case_row import CaseRow
from recovery.figures.periods import fiscal_year, last_days, month, quarter, span
from recovery.figures.share import Share
from recovery.policy.file import FigureRules

SUBMITTED = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = SUBMITTED + 10 * DAY
ROW = CaseRow(
    id=1,
    programme="relational",
    state=State.CLAIMED,
    submitted_at=SUBMITTED,
    assign_due=SUBMITTED + 4 * HOUR,
    outreach_due=SUBMITTED + 2 * DAY,
    conversation_due=SUBMITTED + 7 * DAY,
    action_due=SUBMITTED + 14 * DAY,
    account_id=1,
    acv=Decimal(50000),
    owner="U0PRIYA",
)


def row(**changes: Any) -> CaseRow:
    return replace(ROW, **changes)


def closed(outcome: Outcome, after: timedelta = DAY, **changes: Any) -> CaseRow:
    return row(state=State.CLOSED, outcome=outcome, closed_at=SUBMITTED + after, **changes)


hours = st.integers(0, 24 * 30).map(lambda number: SUBMITTED + number * HOUR)
rows = st.lists(
    st.builds(
        replace,
        st.just(ROW),
        id=st.integers(1, 10**6),
        state=st.sampled_from(State),
        outcome=st.none() | st.sampled_from(Outcome),
        closed_at=st.none() | hours,
        contacted_at=st.none() | hours,
        conversation_at=st.none() | hours,
        first_committed_at=st.none() | hours,
        follow_up_at=st.none() | hours,
        follow_up_due=st.none() | hours,
        held=st.booleans(),
        honest_no=st.booleans(),
        commitments=st.integers(1, 3),
        slips=st.integers(0, 3),
        breaks=st.integers(0, 3),
        skipped=st.sampled_from([(), ("conversation",), ("conversation", "action", "follow_up")]),
        verdict=st.none() | st.sampled_from([Verdict.SAVED, Verdict.NOT_SAVED]),
        account_id=st.none() | st.integers(1, 4),
        acv=st.none() | st.integers(0, 10**6).map(Decimal),
        owner=st.sampled_from(["", "U0PRIYA", "U0JEN"]),
        waiting=st.integers(0, 100).map(lambda number: number * HOUR),
    ),
    max_size=12,
)


CONTACTED = [
    ([], (0, 0, 0), None),
    ([row()], (0, 1, 0), "pause"),
    ([row(outreach_due=NOW)], (0, 0, 1), None),
    ([row(contacted_at=SUBMITTED + 2 * DAY)], (1, 1, 0), "on_target"),
    ([row(contacted_at=SUBMITTED + 2 * DAY + timedelta(microseconds=1))], (0, 1, 0), "pause"),
    ([closed(Outcome.WITHDRAWN), closed(Outcome.DUPLICATE, contacted_at=SUBMITTED)], (0, 0, 0), None),
    ([closed(Outcome.CHURNED)], (0, 1, 0), "pause"),
    ([row(contacted_at=SUBMITTED)] * 9 + [row()], (9, 10, 0), "on_target"),
    ([row(contacted_at=SUBMITTED)] * 43 + [row()] * 5, (43, 48, 0), "slipping"),  # 89.6 %, shown as 90 %
    ([row(contacted_at=SUBMITTED)] * 3 + [row()], (3, 4, 0), "slipping"),
    ([row(contacted_at=SUBMITTED), row()], (1, 2, 0), "performative"),
    ([row(contacted_at=SUBMITTED)] * 49 + [row()] * 51, (49, 100, 0), "pause"),
]


@pytest.mark.parametrize(("given_rows", "counts", "band"), CONTACTED)
def test_contacted_in_time_and_its_band(
    given_rows: list[CaseRow], counts: tuple[int, int, int], band: str | None
) -> None:
    found = contacted(given_rows, NOW)
    assert (found.share.part, found.share.whole, found.undecided) == counts
    assert (found.band.key if found.band else None) == band


@pytest.mark.parametrize(
    ("percent", "key"),
    [(100, "on_target"), (90, "on_target"), (Fraction("89.99"), "slipping"), (75, "slipping"),
     (Fraction("74.99"), "performative"), (50, "performative"), (Fraction("49.99"), "pause"), (0, "pause")],
)  # fmt: skip
def test_the_bands_of_the_playbook(percent: Fraction | int, key: str) -> None:
    band = band_of(percent)
    assert band is not None
    assert band.key == key


def test_below_half_the_sentence_is_the_playbooks() -> None:
    band = band_of(49)
    assert band is not None
    assert band.sentence == "Pause the survey until you can staff the response."
    assert band_of(None) is None
    assert ContactRate().band is None


@pytest.mark.parametrize(
    ("percent", "key"),
    [
        (100, "best"),
        (30, "best"),
        (Fraction("29.9"), "usual"),
        (20, "usual"),
        (Fraction("19.9"), "broken"),
        (0, "broken"),
    ],
)
def test_the_bands_of_recovery(percent: Fraction | int, key: str) -> None:
    band = recovery_band_of(percent)
    assert band is not None
    assert band.key == key
    assert recovery_band_of(SavedFigures(pending=3).recovery.exact) is None


@pytest.mark.parametrize(
    ("lengths", "median", "p90"),
    [
        ([5], 5, 5),
        ([1, 3], 2, 3),
        ([3, 1, 2], 2, 3),
        (list(range(1, 11)), 5.5, 9),
        (list(range(1, 12)), 6, 10),
        (list(range(1, 21)), 10.5, 18),
        ([7] * 30, 7, 7),
    ],
)
def test_median_and_ninetieth_percentile(lengths: list[int], median: float, p90: int) -> None:
    assert spread_of(each * HOUR for each in lengths) == Spread(median * HOUR, p90 * HOUR, len(lengths))


def test_no_lengths_have_no_median() -> None:
    assert spread_of([]) == Spread(None, None, 0)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=200))
def test_ninety_percent_are_no_longer_than_the_percentile_and_none_shorter_does(lengths: list[int]) -> None:
    p90 = spread_of(timedelta(seconds=each) for each in lengths).p90
    assert p90 is not None
    limit = int(p90 / timedelta(seconds=1))
    assert limit in lengths
    assert 10 * sum(each <= limit for each in lengths) >= 9 * len(lengths)
    assert 10 * sum(each < limit for each in lengths) < 9 * len(lengths)


def test_time_to_outreach_is_of_those_who_were_contacted() -> None:
    found = time_to_outreach(
        [
            row(contacted_at=SUBMITTED + HOUR),
            row(contacted_at=SUBMITTED + 50 * HOUR),  # late, and counted all the same
            row(),
            closed(Outcome.WITHDRAWN, contacted_at=SUBMITTED),
        ]
    )
    assert found == Spread(25 * HOUR + HOUR / 2, 50 * HOUR, 2)


STEPS: list[tuple[CaseRow, Step, tuple[int, int, int]]] = [
    # row, step, (on time, decided, undecided)
    (row(flagged_at=SUBMITTED + HOUR, flag_due=SUBMITTED + HOUR), Step.FLAG, (1, 1, 0)),
    (row(flagged_at=SUBMITTED + 2 * HOUR, flag_due=SUBMITTED + HOUR), Step.FLAG, (0, 1, 0)),
    (row(), Step.FLAG, (0, 0, 0)),
    (row(assigned_at=SUBMITTED + 4 * HOUR), Step.ASSIGN, (1, 1, 0)),
    (row(), Step.ASSIGN, (0, 1, 0)),
    (closed(Outcome.CHURNED, HOUR), Step.ASSIGN, (0, 0, 0)),
    (closed(Outcome.CHURNED, 5 * HOUR), Step.ASSIGN, (0, 1, 0)),
    (row(contacted_at=SUBMITTED + DAY), Step.OUTREACH, (1, 1, 0)),
    (closed(Outcome.CHURNED, HOUR), Step.OUTREACH, (0, 1, 0)),  # closing contacts nobody
    (row(conversation_at=SUBMITTED + 7 * DAY), Step.CONVERSATION, (1, 1, 0)),
    (row(conversation_at=SUBMITTED + 8 * DAY), Step.CONVERSATION, (0, 1, 0)),
    (row(), Step.CONVERSATION, (0, 1, 0)),
    (row(conversation_due=NOW), Step.CONVERSATION, (0, 0, 1)),
    (closed(Outcome.UNREACHABLE, 6 * DAY), Step.CONVERSATION, (0, 0, 0)),
    (closed(Outcome.UNREACHABLE, 7 * DAY), Step.CONVERSATION, (0, 0, 0)),
    (closed(Outcome.UNREACHABLE, 8 * DAY), Step.CONVERSATION, (0, 1, 0)),
    (row(skipped=("conversation",)), Step.CONVERSATION, (0, 0, 0)),
    (row(conversation_due=None), Step.CONVERSATION, (0, 0, 0)),
    (row(), Step.ACTION, (0, 0, 1)),
    (row(first_committed_at=SUBMITTED + 3 * DAY), Step.ACTION, (1, 1, 0)),
    (row(skipped=("action", "follow_up")), Step.ACTION, (0, 0, 0)),
    (row(skipped=("action", "follow_up"), commitments=1, first_committed_at=NOW), Step.ACTION, (1, 1, 0)),
    (row(), Step.FOLLOW_UP, (0, 0, 0)),
    (row(follow_up_due=NOW + DAY), Step.FOLLOW_UP, (0, 0, 1)),
    (row(follow_up_due=NOW - DAY), Step.FOLLOW_UP, (0, 1, 0)),
    (row(follow_up_due=NOW, follow_up_at=NOW - DAY, held=True), Step.FOLLOW_UP, (1, 1, 0)),
    (row(follow_up_due=NOW - DAY, follow_up_at=NOW, held=True), Step.FOLLOW_UP, (0, 1, 0)),
    (row(follow_up_due=NOW + DAY, follow_up_at=NOW - DAY, held=False), Step.FOLLOW_UP, (0, 0, 1)),  # slipped
    (closed(Outcome.NOT_RECOVERED, follow_up_due=SUBMITTED + 2 * DAY), Step.FOLLOW_UP, (0, 0, 0)),
    (closed(Outcome.WITHDRAWN, 9 * DAY, conversation_at=SUBMITTED), Step.CONVERSATION, (0, 0, 0)),
]


@pytest.mark.parametrize(("case", "step", "counts"), STEPS)
def test_steps_on_time(case: CaseRow, step: Step, counts: tuple[int, int, int]) -> None:
    found = steps_on_time([case], NOW)
    assert list(found) == list(Step)
    assert (found[step].share.part, found[step].share.whole, found[step].undecided) == counts


def test_no_cases_have_no_share_of_any_step() -> None:
    assert set(steps_on_time([], NOW).values()) == {OnTime(Share(0, 0), 0)}


@given(rows, st.randoms(use_true_random=False), hours)
def test_outreach_on_time_is_the_contact_rate_and_order_is_nothing(
    cases: list[CaseRow], dice: Any, at: datetime
) -> None:
    shuffled = list(cases)
    dice.shuffle(shuffled)
    outreach, rate = steps_on_time(cases, at)[Step.OUTREACH], contacted(cases, at)
    assert (outreach.share, outreach.undecided) == (rate.share, rate.undecided)
    for figure in (lambda each: steps_on_time(each, at), actions, saved, money, waited, time_to_outreach):
        assert figure(shuffled) == figure(cases)
    assert open_figures(shuffled, at) == open_figures(cases, at)


@given(rows, hours, hours)
def test_what_is_decided_stays_decided(cases: list[CaseRow], one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    for step, before in steps_on_time(cases, early).items():
        after = steps_on_time(cases, late)[step]
        assert after.share.part == before.share.part
        assert after.share.whole >= before.share.whole
        assert after.undecided <= before.undecided


def test_actions_with_honest_noes_apart() -> None:
    found = actions(
        [
            row(commitments=3, slips=2, breaks=1, held=True),
            row(commitments=1, held=False),
            row(commitments=2, honest_no=True, held=True),  # a promise first, then an honest no
            closed(Outcome.HONEST_NO_ACCEPTED, commitments=1, honest_no=True),
            closed(Outcome.WITHDRAWN, commitments=5, slips=5, breaks=5, held=True),
            row(),
        ]
    )
    assert found == ActionFigures(committed=5, held=1, slipped=2, broken=1, honest_no=2, accepted=1)
    assert actions([]) == ActionFigures()


VERDICTS = [
    (row(verdict=Verdict.SAVED), Verdict.SAVED),
    (row(verdict=Verdict.NOT_SAVED), Verdict.NOT_SAVED),
    (row(), Verdict.PENDING),
    (closed(Outcome.RECOVERED), Verdict.PENDING),
    (closed(Outcome.NOT_RECOVERED), Verdict.PENDING),
    (closed(Outcome.CHURNED), Verdict.UNMEASURED),
    (closed(Outcome.UNREACHABLE), Verdict.UNMEASURED),
    (closed(Outcome.CHURNED, verdict=Verdict.SAVED), Verdict.SAVED),  # a later answer says more
    (closed(Outcome.WITHDRAWN, verdict=Verdict.SAVED), Verdict.UNMEASURED),
    (closed(Outcome.DUPLICATE, verdict=Verdict.NOT_SAVED), Verdict.UNMEASURED),
]


@pytest.mark.parametrize(("case", "result"), VERDICTS)
def test_the_verdict_as_it_counts(case: CaseRow, result: Verdict) -> None:
    assert case.result is result
    found = saved([case])
    assert [found.saved, found.not_saved, found.pending, found.unmeasured] == [result is each for each in Verdict]


def test_saved_customers_with_their_money_each_account_once() -> None:
    found = saved(
        [
            row(id=1, verdict=Verdict.SAVED),
            row(id=2, verdict=Verdict.SAVED),
            row(id=3, verdict=Verdict.SAVED, account_id=2, acv=Decimal("0.5")),
            row(id=4, verdict=Verdict.SAVED, account_id=3, acv=None),
            row(id=5, verdict=Verdict.NOT_SAVED, account_id=4),
            row(id=6),
        ]
    )
    assert found == SavedFigures(4, 1, 1, 0, Decimal("50000.5"))
    assert (found.recovery.part, found.recovery.whole) == (4, 5)


def test_nobody_saved_is_no_rate() -> None:
    assert saved([]) == SavedFigures(0, 0, 0, 0, Decimal(0))
    assert saved([row()]).recovery.percent is None
    assert saved([row(verdict=Verdict.SAVED, acv=None)]).acv_saved is None


def test_money_at_risk_saved_and_lost() -> None:
    found = money(
        [
            row(id=1),
            row(id=2),
            row(id=3, account_id=2, acv=Decimal(0)),
            row(id=4, account_id=None, acv=None),
            row(id=5, account_id=None, acv=None),
            closed(Outcome.CHURNED, account_id=7, acv=Decimal(9)),
            closed(Outcome.RECOVERED, account_id=8, acv=Decimal(5), verdict=Verdict.SAVED),
            closed(Outcome.WITHDRAWN, account_id=9, acv=Decimal(10**6), verdict=Verdict.SAVED),
        ]
    )
    assert found.at_risk == Amount(Decimal(50000), 2, 2)
    assert found.saved == Amount(Decimal(5), 1, 0)
    assert found.lost == Amount(Decimal(9), 1, 0)


def test_no_money_and_unknown_money_are_two_things() -> None:
    assert money([]).at_risk == Amount(Decimal(0), 0, 0)
    assert money([row(acv=None)]).at_risk == Amount(None, 0, 1)


@given(rows)
def test_money_by_a_second_way_of_counting(cases: list[CaseRow]) -> None:
    found = money(cases)
    for amount, chosen in (
        (found.at_risk, [each for each in cases if each.counts and each.state is not State.CLOSED]),
        (found.lost, [each for each in cases if each.outcome is Outcome.CHURNED]),
        (found.saved, [each for each in cases if each.counts and each.verdict is Verdict.SAVED]),
    ):
        accounts = {each.account_id or -each.id for each in chosen}
        assert amount.accounts + amount.without == len(accounts)
        highest = [
            max(
                (each.acv for each in chosen if (each.account_id or -each.id) == account and each.acv is not None),
                default=None,
            )
            for account in accounts
        ]
        known = [each for each in highest if each is not None]
        assert amount.total == (sum(known, Decimal(0)) if known or not accounts else None)
    assert saved(cases).acv_saved == found.saved.total


PERIODS = [
    (quarter(2026 * 4 + 2), Fraction(30000)),
    (quarter(2026 * 4, 2), Fraction(30000)),
    (month(2026, 2), Fraction(10000)),
    (fiscal_year(2026, 4), Fraction(120000)),
    (last_days(365, NOW), Fraction(120000)),
    (last_days(30, NOW), Fraction(120000 * 30, 365)),
    (span(NOW.date(), NOW.date()), Fraction(120000, 365)),
]


@pytest.mark.parametrize(("period", "spent"), PERIODS, ids=[each.key for each, _ in PERIODS])
def test_the_cost_of_a_period(period: Any, spent: Fraction) -> None:
    rules = FigureRules.model_validate({"programme_cost": 120000})
    found = cost(rules, period, Decimal(60000))
    assert found.cost == spent
    assert found.ratio == spent / 60000


@pytest.mark.parametrize(("yearly", "prevented"), [(0, Decimal(5)), (120000, None), (120000, Decimal(0))])
def test_no_ratio_without_both_sides(yearly: int, prevented: Decimal | None) -> None:
    rules = FigureRules.model_validate({"programme_cost": yearly})
    assert cost(rules, month(2026, 2), prevented).ratio is None


def test_escalations_and_how_long_they_went_unanswered() -> None:
    def raised(level: Level, after: timedelta | None = None) -> Raised:
        return Raised(
            Step.OUTREACH, level, 0, NOW, NOW + after if after is not None else None, "U0ELENA" if after else ""
        )

    found = escalations(
        [
            raised(Level.NUDGE),
            raised(Level.IDLE_RELEASE),
            raised(Level.AGAIN, HOUR),
            raised(Level.BREACH, HOUR),
            raised(Level.EXECUTIVE, 3 * HOUR),
            raised(Level.BREACH),
        ]
    )
    assert (found.acknowledged, found.took) == (Share(2, 3), Spread(2 * HOUR, 3 * HOUR, 2))
    assert escalations([]).acknowledged.percent is None


def test_waiting_is_shown() -> None:
    found = waited([row(waiting=DAY), row(waiting=3 * DAY), row(), closed(Outcome.WITHDRAWN, waiting=9 * DAY)])
    assert found == Waited(2, 4 * DAY, 3 * DAY)
    assert waited([]) == Waited()


def test_open_cases_by_step_and_lateness() -> None:
    found = open_figures(
        [
            row(next_step=Step.OUTREACH, first_due=NOW - DAY),
            row(next_step=Step.OUTREACH, first_due=NOW - 3 * DAY),
            row(next_step=Step.OUTREACH, first_due=NOW),  # its deadline has come, not passed
            row(next_step=Step.ASSIGN, first_due=NOW + DAY),
            row(next_step=None),
            closed(Outcome.RECOVERED, next_step=Step.ACTION, first_due=SUBMITTED),
        ],
        NOW,
    )
    assert found == OpenFigures(
        total=5,
        overdue=2,
        none_left=1,
        steps={Step.ASSIGN: StepOpen(1, 0, timedelta(0)), Step.OUTREACH: StepOpen(3, 2, 3 * DAY)},
    )
    assert list(found.steps) == [Step.ASSIGN, Step.OUTREACH]
    assert open_figures([], NOW) == OpenFigures()


@given(rows)
def test_groups_hold_every_case_once_and_figures_add_up(cases: list[CaseRow]) -> None:
    by_owner = grouped(cases, lambda each: each.owner)
    assert list(by_owner) == sorted({each.owner for each in cases})
    assert sorted(each.id for owned in by_owner.values() for each in owned) == sorted(each.id for each in cases)
    whole = sum((contacted(owned, NOW).share for owned in by_owner.values()), Share())
    assert whole == contacted(cases, NOW).share
    assert sum(saved(owned).saved for owned in by_owner.values()) == saved(cases).saved
