"""Deadlines that stand still while the case waits, follow their owner's hours, and start anew with a release."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Case, Outcome, Sla, State, claim, release, withdraw
from recovery.cases.closing import reopen
from recovery.cases.folding import fold
from recovery.cases.ladder import commit_action, correct, log_follow_up, log_outreach, strike
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.step_rules import step_rules
from recovery.cases.steps import Step
from recovery.clock.alarms import occurrence
from recovery.clock.calendar import Span, elapsed
from recovery.clock.pauses import waiting
from recovery.clock.sla import Calendars, deadlines, due, moment, retimed
from recovery.clock.waiting import pause, resume
from recovery.policy.clock import PauseRules
from recovery.policy.file import Calendar, Clock, Limit, load_policy
from recovery.policy.values import parse_limit
from tests.recovery.policies import SOUND
from tests.recovery.step_values import (
    BROKEN,
    CALLED,
    CASE,
    DAY,
    HELD,
    HOUR,
    POLICY,
    PRIYA,
    PROGRAMME,
    PROMISE,
    RULES,
    SUBMITTED,
    Book,
)

OFFICE = POLICY.calendar_of(PROGRAMME)
BANGALORE = Calendar.model_validate(
    {"zone": "Asia/Kolkata", **{day: ["10:00-19:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}}
).keyed("bangalore")
CALENDARS = Calendars(OFFICE, OFFICE)
WHY = "Dana is on leave."
UNOWNED = replace(CASE, state=State.OPEN, owner="", assigned_at=None)
BUSINESS = Sla(
    assign="4 business hours", outreach="16 business hours", conversation="7d", action="14d", follow_up="30d"
)

minutes = st.integers(0, 30 * 24 * 60).map(lambda each: timedelta(minutes=each))
spans = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 80)), max_size=5).map(
    lambda found: _apart([(SUBMITTED + start * HOUR, SUBMITTED + (start + length) * HOUR) for start, length in found])
)
limits = st.one_of(
    st.integers(1, 200).map(lambda each: parse_limit(f"{each}h")),
    st.integers(1, 60).map(lambda each: parse_limit(f"{each} business hours")),
)
calendars = st.sampled_from([OFFICE, BANGALORE])


def _apart(found: list[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for start, end in sorted(found):
        if not kept or start > kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def used(calendar: Calendar, limit: Limit, start: datetime, end: datetime, stood: tuple[Span, ...]) -> timedelta:
    """How much of a limit is used up between two moments, counted span by span."""

    def count(since: datetime, until: datetime) -> timedelta:
        if until <= since:
            return timedelta(0)
        return elapsed(calendar, since, until) if limit.clock is Clock.BUSINESS else until - since

    waited = sum((count(max(since, start), min(until, end)) for since, until in stood), timedelta(0))
    return count(start, end) - waited


@given(calendars, minutes, limits, spans)
def test_a_limit_is_used_up_exactly_when_its_counted_time_has_passed(
    calendar: Calendar, after: timedelta, limit: Limit, stood: tuple[Span, ...]
) -> None:
    start = SUBMITTED + after
    found = due(calendar, start, limit, stood)
    assert used(calendar, limit, start, found, stood) == limit.amount
    # A minute earlier something of it was left, so nothing is given away.
    assert used(calendar, limit, start, found - timedelta(minutes=1), stood) < limit.amount


@given(calendars, limits, spans)
def test_waiting_never_makes_a_deadline_earlier_and_no_waiting_leaves_it(
    calendar: Calendar, limit: Limit, stood: tuple[Span, ...]
) -> None:
    usual = due(calendar, SUBMITTED, limit)
    assert due(calendar, SUBMITTED, limit, ()) == usual
    assert due(calendar, SUBMITTED, limit, stood) >= usual
    for place in range(len(stood)):
        assert due(calendar, SUBMITTED, limit, stood[:place]) <= due(calendar, SUBMITTED, limit, stood)
    outside = [span for span in stood if span[0] >= usual]
    assert due(calendar, SUBMITTED, limit, outside) == usual


@given(calendars, limits, minutes, minutes)
def test_one_pause_is_worth_the_same_in_one_piece_or_in_two(
    calendar: Calendar, limit: Limit, start: timedelta, length: timedelta
) -> None:
    begins, ends = SUBMITTED + start, SUBMITTED + start + length + HOUR
    middle = begins + (ends - begins) / 2
    assert due(calendar, SUBMITTED, limit, ((begins, middle), (middle, ends))) == due(
        calendar, SUBMITTED, limit, ((begins, ends),)
    )


def test_a_clock_can_not_start_at_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        due(OFFICE, SUBMITTED.replace(tzinfo=None), parse_limit("48h"))


def timed(case: Case, owner: Calendar = OFFICE) -> Case:
    return retimed(POLICY, PROGRAMME, Calendars(OFFICE, owner), case)


def test_a_pause_moves_what_is_to_be_done_and_says_so() -> None:
    at = SUBMITTED + 6 * HOUR
    case = timed(pause(CASE, at + 2 * DAY, WHY, PRIYA, at, PauseRules()).case)
    assert case.deadlines.outreach == CASE.deadlines.outreach + 2 * DAY
    assert case.deadlines.conversation == SUBMITTED + 9 * DAY
    assert case.deadlines.action == SUBMITTED + 16 * DAY
    assert case.deadlines.assign == CASE.deadlines.assign
    assert case.deadlines.outreach_why == (
        "Outreach due Tue 24 Nov 2026 14:05 (Europe/London): 48 hours after the submission on Fri 20 Nov 2026 14:05; "
        "every hour counts. The 2 days of waiting on the customer don't count."
    )
    back = timed(resume(case, PRIYA, at + 3 * HOUR).case)
    assert back.deadlines.outreach == CASE.deadlines.outreach + 3 * HOUR
    assert "The 3 hours of waiting" in back.deadlines.outreach_why


def test_a_pause_after_the_deadline_hides_no_breach() -> None:
    late = SUBMITTED + 50 * HOUR
    case = timed(pause(CASE, late + 5 * DAY, WHY, PRIYA, late, PauseRules()).case)
    assert case.deadlines.outreach == CASE.deadlines.outreach
    assert "waiting" not in case.deadlines.outreach_why
    outreach = {rung.step: rung for rung in ladder_view(case, late + DAY)}[Step.OUTREACH]
    assert outreach.state is RungState.OVERDUE


def test_what_is_above_the_cap_does_not_count() -> None:
    policy = load_policy(SOUND + '\n[pause]\nlongest = "2d"\nmost_days = 2\n')
    at = SUBMITTED + HOUR
    case = pause(CASE, at + 14 * DAY, WHY, PRIYA, at, PauseRules()).case
    found = retimed(policy, PROGRAMME, CALENDARS, case)
    assert found.deadlines.outreach == CASE.deadlines.outreach + 2 * DAY


def test_what_is_done_keeps_the_deadline_that_it_was_measured_by() -> None:
    book = Book()
    book.save(log_outreach(book.case, CALLED, PRIYA, SUBMITTED + 6 * HOUR, RULES))
    at = SUBMITTED + 7 * HOUR
    case = timed(pause(book.case, at + 2 * DAY, WHY, PRIYA, at, PauseRules()).case)
    assert case.deadlines.outreach == CASE.deadlines.outreach
    assert case.deadlines.conversation == SUBMITTED + 9 * DAY


def test_limits_of_the_owner_run_by_their_own_hours() -> None:
    case = timed(replace(UNOWNED, sla=BUSINESS))
    assert case.deadlines.outreach == datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
    assert 'the calendar "office"' in case.deadlines.outreach_why
    taken = timed(claim(case, PRIYA, SUBMITTED + HOUR).case, BANGALORE)
    # Friday's hours there are over at 14:05 UTC; Saturday has nine, Monday the seven that are left.
    assert taken.deadlines.outreach == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    assert 'the calendar "bangalore"' in taken.deadlines.outreach_why
    assert "(Asia/Kolkata)" in taken.deadlines.outreach_why
    assert taken.deadlines.assign == case.deadlines.assign


def test_a_release_starts_the_clock_of_the_next_owner() -> None:
    at = SUBMITTED + 2 * DAY + 21 * HOUR  # Monday, 11:05
    case = timed(release(replace(CASE, assigned_at=SUBMITTED + HOUR), PRIYA, at).case)
    assert case.deadlines.assign == datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
    assert "4 business hours after the case came back to its channel on Mon 23 Nov 2026 11:05" in (
        case.deadlines.assign_why
    )
    assert case.deadlines.outreach == CASE.deadlines.outreach


def test_a_release_ends_the_pause() -> None:
    at = SUBMITTED + 6 * HOUR
    paused = pause(CASE, at + 5 * DAY, WHY, PRIYA, at, PauseRules()).case
    freed = timed(release(paused, PRIYA, at + HOUR).case)
    assert freed.deadlines.outreach == CASE.deadlines.outreach + HOUR


def test_a_new_action_is_due_from_the_break_and_waits_too() -> None:
    book = Book()
    at = SUBMITTED + 4 * DAY
    book.save(commit_action(book.case, PROMISE, PRIYA, at, RULES))
    broke_at = SUBMITTED + 36 * DAY
    book.save(log_follow_up(book.case, BROKEN, PRIYA, broke_at, RULES))
    base = book.case.progress.action_again_due
    assert base == BROKEN.happened_at + 14 * DAY
    assert timed(book.case).progress == book.case.progress == fold(book.history, RULES)
    waits = timed(pause(book.case, broke_at + 3 * DAY, WHY, PRIYA, broke_at, PauseRules()).case)
    assert waits.progress.action_again_due == base + 3 * DAY
    assert "New action due" in waits.progress.action_again_why
    assert moment(POLICY, CALENDARS, waits, Step.ACTION, 100) == base + 3 * DAY


def test_a_promise_that_broke_was_measured_by_its_deadline_all_the_same() -> None:
    book = Book()
    book.save(commit_action(book.case, PROMISE, PRIYA, SUBMITTED + 4 * DAY, RULES))
    broke_at = SUBMITTED + 6 * DAY
    book.save(log_follow_up(book.case, replace(BROKEN, happened_at=broke_at), PRIYA, broke_at, RULES))
    paused = timed(pause(book.case, broke_at + 3 * DAY, WHY, PRIYA, broke_at, PauseRules()).case)
    assert paused.progress.action_again_due == broke_at + 17 * DAY
    assert paused.deadlines.conversation == CASE.deadlines.conversation + 3 * DAY
    assert (paused.deadlines.action, paused.deadlines.action_why) == (CASE.deadlines.action, CASE.deadlines.action_why)


def broken_and_paused() -> Book:
    """An action that broke, and ten days of waiting that moved the deadline of the next one."""
    book = Book()
    book.save(log_outreach(book.case, CALLED, PRIYA, SUBMITTED + 6 * HOUR, RULES))
    book.save(commit_action(book.case, PROMISE, PRIYA, SUBMITTED + 4 * DAY, RULES))
    broke_at = SUBMITTED + 15 * DAY
    book.save(log_follow_up(book.case, replace(BROKEN, happened_at=broke_at), PRIYA, broke_at, RULES))
    book.save(pause(book.case, broke_at + 10 * DAY, WHY, PRIYA, broke_at, PauseRules()))
    book.case = timed(book.case)
    assert book.case.progress.action_again_due == broke_at + 24 * DAY
    return book


def test_a_correction_of_something_else_leaves_the_deadline_of_the_new_action() -> None:
    book, at = broken_and_paused(), SUBMITTED + 30 * DAY
    before = book.case.progress
    noted = correct(book.case, book.history, 2, replace(CALLED, note="She has a minute."), "", PRIYA, at, RULES)
    now = noted.case.progress
    assert (now.action_again_due, now.action_again_why) == (before.action_again_due, before.action_again_why)
    assert now.follow_up_due is None
    assert not noted.restarts_action
    struck = strike(book.case, book.history, 2, "Wrong case.", PRIYA, at, RULES)
    assert struck.case.progress.action_again_due == before.action_again_due


def test_a_break_on_another_day_is_another_deadline() -> None:
    book, at = broken_and_paused(), SUBMITTED + 30 * DAY
    broke_at = SUBMITTED + 14 * DAY
    moved = correct(book.case, book.history, 4, replace(BROKEN, happened_at=broke_at), "", PRIYA, at, RULES)
    assert moved.restarts_action
    assert timed(moved.case).progress.action_again_due == broke_at + 24 * DAY


def test_a_break_that_is_told_late_begins_a_deadline_all_the_same() -> None:
    """Ten days of waiting came after it, so that the fourteen of a new action are not over yet."""
    book, at = Book(), SUBMITTED + 30 * DAY
    book.save(commit_action(book.case, PROMISE, PRIYA, SUBMITTED + 4 * DAY, RULES))
    broke_at = SUBMITTED + 15 * DAY
    book.save(pause(book.case, broke_at + 10 * DAY, WHY, PRIYA, broke_at, PauseRules()))
    told = log_follow_up(book.case, replace(BROKEN, happened_at=broke_at), PRIYA, at, RULES)
    assert told.restarts_action
    assert timed(told.case).progress.action_again_due == broke_at + 24 * DAY
    held = log_follow_up(book.case, replace(HELD, happened_at=broke_at), PRIYA, at, RULES)
    assert not held.restarts_action


def test_a_correction_leaves_the_count_of_what_was_said() -> None:
    """A case that was reopened before reopenings were counted: what was said of it is not said again."""
    book = Book(UNOWNED)
    book.save(log_outreach(book.case, CALLED, PRIYA, SUBMITTED + 6 * HOUR, RULES))
    book.save(withdraw(book.case, Outcome.WITHDRAWN, "It was a test.", PRIYA, SUBMITTED + DAY))
    book.save(reopen(book.case, "It was none.", PRIYA, SUBMITTED + 2 * DAY))
    assert book.case.progress.reopened == 1
    before = replace(book.case, progress=replace(book.case.progress, reopened=0))
    for case in (book.case, before):
        noted = correct(case, book.history, 2, replace(CALLED, note="Later."), "", PRIYA, SUBMITTED + 3 * DAY, RULES)
        assert occurrence(noted.case, Step.ASSIGN) == occurrence(case, Step.ASSIGN)


def test_a_break_that_never_was_leaves_no_deadline() -> None:
    book, at = broken_and_paused(), SUBMITTED + 30 * DAY
    struck = strike(book.case, book.history, 4, "Wrong case.", PRIYA, at, RULES)
    assert struck.case.progress.action_again_due is None
    assert struck.case.progress.follow_up_due == timed(struck.case).progress.follow_up_due is not None
    assert not struck.restarts_action


def test_striking_the_next_promise_makes_it_due_again() -> None:
    book, at = broken_and_paused(), SUBMITTED + 30 * DAY
    book.save(commit_action(book.case, replace(PROMISE, due=(at + 8 * DAY).date()), PRIYA, at, RULES))
    assert book.case.progress.action_again_due is None
    struck = strike(book.case, book.history, 6, "Wrong case.", PRIYA, at, RULES)
    assert struck.restarts_action
    assert timed(struck.case).progress.action_again_due == SUBMITTED + 39 * DAY


def test_a_tier_is_named_and_its_steps_left_out() -> None:
    tier = '\n[tiers.low]\nname = "Low value"\noutreach = "72h"\nskip = ["conversation", "action"]\n'
    policy = load_policy(SOUND + tier)
    sla = Sla("low", "4 business hours", "72 hours", "7 days", "14 days", "30 days", policy.tiers["low"].skip)
    found = deadlines(policy, PROGRAMME, SUBMITTED, SUBMITTED, sla)
    assert (found.conversation, found.action, found.conversation_why, found.action_why) == (None, None, "", "")
    assert '72 hours (tier "Low value") after the submission' in found.outreach_why
    case = replace(CASE, sla=sla, deadlines=found)
    assert retimed(policy, PROGRAMME, CALENDARS, case).deadlines == found
    states = {rung.step: rung.state for rung in ladder_view(case, SUBMITTED + 30 * DAY)}
    assert [step for step, state in states.items() if state is RungState.NOT_NEEDED] == [
        Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP,
    ]  # fmt: skip
    called = log_outreach(case, CALLED, PRIYA, SUBMITTED + 6 * HOUR, RULES).case
    assert next_step(called, SUBMITTED + 7 * HOUR) is None
    for step in (Step.CONVERSATION, Step.ACTION):
        assert moment(policy, CALENDARS, case, step, 100) is None
    # Whoever promises all the same is held to it.
    rules = step_rules(policy, PROGRAMME, sla)
    promised = commit_action(called, PROMISE, PRIYA, SUBMITTED + 4 * DAY, rules).case
    following = next_step(promised, SUBMITTED + 5 * DAY)
    assert following is not None
    assert following.step is Step.FOLLOW_UP
    assert moment(policy, CALENDARS, promised, Step.FOLLOW_UP, 100) == promised.progress.follow_up_due


def test_the_limits_of_a_case_are_those_of_its_promises_too() -> None:
    rules = step_rules(POLICY, PROGRAMME, Sla(action="3d", follow_up="20d"))
    assert (rules.action.words, rules.follow_up.words) == ("3 days", "20 days")
    case = commit_action(CASE, PROMISE, PRIYA, SUBMITTED + 4 * DAY, rules).case
    assert case.progress.follow_up_due == SUBMITTED + 24 * DAY


STEPS = (Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION)


@given(
    st.sampled_from(STEPS), st.integers(0, 99), st.integers(0, 100), st.integers(1, 200), st.integers(1, 200),
    st.sampled_from([Sla(), BUSINESS]), calendars,
)  # fmt: skip
def test_shares_of_a_limit_come_in_order_and_the_last_is_the_deadline(
    step: Step, percent: int, more: int, start: int, length: int, sla: Sla, owner: Calendar
) -> None:
    at = SUBMITTED + start * HOUR
    case = pause(replace(CASE, sla=sla, assigned_at=None), at + length * HOUR, WHY, PRIYA, at, PauseRules()).case
    case = timed(case, owner)
    clocks = Calendars(OFFICE, owner)
    one = moment(POLICY, clocks, case, step, percent)
    other = moment(POLICY, clocks, case, step, min(percent + more, 100))
    whole = moment(POLICY, clocks, case, step, 100)
    assert one is not None
    assert other is not None
    assert one <= other <= whole  # type: ignore[operator] - every step of the case has a limit
    assert whole == getattr(case.deadlines, step.value)
    spans = waiting(case.progress.pauses, POLICY.pause.most)
    # While the case waits, no share of anything is used up.
    if step is not Step.ASSIGN:
        assert not any(begins < one < ends for begins, ends in spans)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_is_a_percentage(percent: int) -> None:
    with pytest.raises(ValueError, match="percentage"):
        moment(POLICY, CALENDARS, CASE, Step.OUTREACH, percent)


def test_what_has_no_limit_has_no_moments() -> None:
    assert moment(POLICY, CALENDARS, CASE, Step.FLAG, 50) is None
    assert moment(POLICY, CALENDARS, CASE, Step.FOLLOW_UP, 100) is None
    promised = commit_action(CASE, PROMISE, PRIYA, SUBMITTED + 4 * DAY, RULES).case
    assert moment(POLICY, CALENDARS, promised, Step.FOLLOW_UP, 50) is None
    assert moment(POLICY, CALENDARS, promised, Step.FOLLOW_UP, 100) == promised.progress.follow_up_due
