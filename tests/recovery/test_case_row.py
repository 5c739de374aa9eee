"""The flat row of a case says what the case itself and its ladder say."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Case, Outcome, Sla, State, Urgency
from recovery.cases.progress import Commitment, Pause, Progress, Verdict
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.steps import ActionKind, FollowUpResult, Step
from recovery.figures.case_figures import open_figures, steps_on_time
from recovery.figures.case_row import CaseRow, row_of
from recovery.figures.week import open_now
from tests.recovery.step_values import CASE, DAY, HOUR, POLICY, PRIYA, SUBMITTED

NOW = SUBMITTED + 10 * DAY


def row(case: Case, at: datetime = NOW) -> CaseRow:
    return row_of(case, at, acv=Decimal(50000), segment="enterprise", most_waiting=POLICY.pause.most)


def promise(kind: ActionKind, at: datetime) -> Commitment:
    return Commitment(kind, "Kofi ships it.", "Kofi", "Engineering", date(2026, 12, 1), date(2026, 12, 1), at)


moments = st.integers(0, 40 * 24).map(lambda hours: SUBMITTED + hours * HOUR)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    committed = draw(st.none() | moments)
    result = draw(st.none() | st.sampled_from(FollowUpResult)) if committed else None
    broken = result is FollowUpResult.BROKEN
    begun = draw(moments)
    progress = Progress(
        contacted_at=draw(st.none() | moments),
        conversation_at=draw(st.none() | moments),
        root_cause=draw(st.sampled_from(["", "Onboarding"])),
        action=promise(draw(st.sampled_from(ActionKind)), committed) if committed else None,
        first_committed_at=committed,
        commitments=1 if committed else 0,
        action_again_due=draw(moments) if broken else None,
        follow_up_due=draw(moments) if committed and not broken else None,
        follow_up_at=draw(moments) if result else None,
        follow_up_result=result,
        slips=draw(st.integers(0, 2)),
        breaks=int(broken),
        verdict=draw(st.none() | st.sampled_from([Verdict.SAVED, Verdict.NOT_SAVED])),
        pauses=draw(st.sampled_from([(), (Pause(begun, begun + 2 * DAY, "Away."),)])),
    )
    over = draw(st.booleans())
    return replace(
        CASE,
        state=State.CLOSED if over else State.CLAIMED,
        outcome=draw(st.sampled_from(Outcome)) if over else None,
        closed_at=draw(moments) if over else None,
        urgency=draw(st.sampled_from(Urgency)),
        assigned_at=draw(st.none() | moments),
        sla=Sla(tier="light", skipped=draw(st.sampled_from([(), ("conversation",), ("action", "follow_up")]))),
        progress=progress,
    )


def test_a_case_in_the_middle_is_told_in_full() -> None:
    progress = Progress(
        contacted_at=SUBMITTED + HOUR,
        conversation_at=SUBMITTED + DAY,
        root_cause="Onboarding",
        action=promise(ActionKind.HONEST_NO, SUBMITTED + 2 * DAY),
        first_committed_at=SUBMITTED + 2 * DAY,
        commitments=1,
        follow_up_due=SUBMITTED + 32 * DAY,
        follow_up_at=SUBMITTED + 9 * DAY,
        follow_up_result=FollowUpResult.SLIPPED,
        slips=1,
        pauses=(Pause(SUBMITTED + 9 * DAY, SUBMITTED + 14 * DAY, "On holiday."),),
    )
    found = row(replace(CASE, progress=progress, sla=Sla(tier="executive")))
    assert (found.id, found.programme, found.owner, found.account_id) == (42, "relational", PRIYA, 3)
    assert (found.acv, found.segment, found.tier, found.root_cause) == (
        Decimal(50000),
        "enterprise",
        "executive",
        "Onboarding",
    )
    assert (found.honest_no, found.held, found.commitments, found.slips) == (True, False, 1, 1)
    assert (found.next_step, found.next_due, found.first_due) == (Step.FOLLOW_UP, *[SUBMITTED + 32 * DAY] * 2)
    assert found.waiting == DAY  # of five planned ones, the one that has passed


def test_waiting_beyond_the_cap_does_not_count() -> None:
    long = replace(CASE, progress=Progress(pauses=(Pause(SUBMITTED, SUBMITTED + 60 * DAY, "Away."),)))
    assert row(long, SUBMITTED + 50 * DAY).waiting == POLICY.pause.most
    assert row(long, SUBMITTED).waiting == timedelta(0)


@given(cases(), moments)
def test_it_agrees_with_the_ladder(case: Case, at: datetime) -> None:
    found, ladder = row(case, at), ladder_view(case, at)
    following = next_step(case, at)
    assert found.next_step == (following.step if following else None)
    assert found.next_due == (following.due_at if following else None)
    overdue = [rung for rung in ladder if rung.state is RungState.OVERDUE]
    assert found.late_by(at) == max((rung.late_by for rung in overdue), default=timedelta(0))
    counted = steps_on_time([found], at)
    if not found.counts or not found.is_open:
        return
    for rung in ladder:
        if rung.step is Step.FLAG or (rung.step is Step.ACTION and case.progress.breaks):
            continue  # the flag has no deadline there; after a break it shows the next action, not the first
        figure = counted[rung.step]
        if rung.state is RungState.OVERDUE:
            assert (figure.share.part, figure.share.whole, figure.undecided) == (0, 1, 0)
        elif rung.state is RungState.DUE and rung.due_at:
            assert (figure.share.whole, figure.undecided) == (0, 1)
        elif rung.state is RungState.DONE and rung.due_at and figure.share.whole:
            assert bool(figure.share.part) == (rung.late_by == timedelta(0))
        elif rung.state is RungState.NOT_NEEDED:
            assert (figure.share.whole, figure.undecided) == (0, 0)


@given(st.lists(cases(), max_size=6), moments)
def test_open_cases_are_the_ones_of_the_weekly_summary(many: list[Case], at: datetime) -> None:
    figures, weekly = open_figures([row(case, at) for case in many], at), open_now(many, at)
    assert (figures.total, figures.overdue) == (weekly.total, weekly.overdue)
    # The summary has those without an owner apart; here everybody has one.
    assert {step: each.open for step, each in figures.steps.items()} == weekly.steps
    assert figures.none_left == weekly.none_left
