"""Saved, not saved, pending, unmeasured: the definition of the playbook, line by line."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Case, EventKind, Outcome, State
from recovery.cases.ladder import commit_action, log_follow_up
from recovery.cases.progress import Verdict
from recovery.cases.saved import LaterAnswer, Ledger, measure, verdict
from recovery.policy.file import Kind
from tests.recovery.step_values import BROKEN, CASE, DAY, PRIYA, PROMISE, RULES, SUBMITTED

R, T = Kind.RELATIONAL, Kind.TRANSACTIONAL
COMMITTED = SUBMITTED + 4 * DAY
PROMISED = commit_action(CASE, PROMISE, PRIYA, COMMITTED, RULES).case
BROKE = log_follow_up(PROMISED, BROKEN, PRIYA, SUBMITTED + 45 * DAY, RULES).case
LATER = SUBMITTED + 90 * DAY


def _answer(score: int, days: float, kind: Kind = R, response_id: int = 50) -> LaterAnswer:
    return LaterAnswer(response_id, kind, score, SUBMITTED + timedelta(days=days))


def _closed(case: Case, outcome: Outcome) -> Case:
    return replace(case, state=State.CLOSED, closed_at=LATER, outcome=outcome)


@pytest.mark.parametrize(
    ("case", "answers", "expected"),
    [
        (PROMISED, [_answer(9, 90)], Verdict.SAVED),
        (PROMISED, [_answer(7, 90)], Verdict.SAVED),
        (PROMISED, [_answer(6, 90)], Verdict.NOT_SAVED),
        (PROMISED, [_answer(0, 90)], Verdict.NOT_SAVED),
        (CASE, [_answer(9, 90)], Verdict.NOT_SAVED),  # nothing was committed between the two
        (CASE, [_answer(3, 90)], Verdict.NOT_SAVED),
        (CASE, [], Verdict.PENDING),
        (PROMISED, [], Verdict.PENDING),
        (PROMISED, [_answer(9, 90, T)], Verdict.PENDING),  # another kind of programme
        (PROMISED, [_answer(9, -30)], Verdict.PENDING),  # from before
        (PROMISED, [_answer(9, 0)], Verdict.PENDING),  # at the same moment is not later
        (PROMISED, [_answer(9, 90, R, CASE.response_id)], Verdict.PENDING),  # the opening answer itself
        (PROMISED, [_answer(9, 3.9)], Verdict.NOT_SAVED),  # committed after it
        (PROMISED, [_answer(9, 4)], Verdict.NOT_SAVED),  # committed at that moment is not between
        (PROMISED, [_answer(9, 3), _answer(9, 90, R, 51)], Verdict.NOT_SAVED),  # the next one counts
        (PROMISED, [_answer(9, 90, R, 51), _answer(3, 30)], Verdict.NOT_SAVED),
        (PROMISED, [_answer(3, 90, R, 51), _answer(9, 30)], Verdict.SAVED),
        (PROMISED, [_answer(3, 30, T), _answer(9, 90, R, 51)], Verdict.SAVED),
        (PROMISED, [_answer(9, 90, R, 51), _answer(3, 90, R, 52)], Verdict.SAVED),  # of one moment, the first we got
        (PROMISED, [_answer(3, 90, R, 51), _answer(9, 90, R, 52)], Verdict.NOT_SAVED),
        (BROKE, [_answer(8, 90)], Verdict.SAVED),  # committed is enough; whether it held is another figure
        (_closed(PROMISED, Outcome.RECOVERED), [], Verdict.PENDING),  # "we're happy" is no save
        (_closed(PROMISED, Outcome.RECOVERED), [_answer(2, 90)], Verdict.NOT_SAVED),
        (_closed(PROMISED, Outcome.NOT_RECOVERED), [_answer(9, 90)], Verdict.SAVED),
        (_closed(PROMISED, Outcome.CHURNED), [], Verdict.UNMEASURED),
        (_closed(PROMISED, Outcome.UNREACHABLE), [], Verdict.UNMEASURED),
        (_closed(PROMISED, Outcome.CHURNED), [_answer(9, 90)], Verdict.SAVED),
        (_closed(PROMISED, Outcome.WITHDRAWN), [_answer(9, 90)], Verdict.UNMEASURED),
        (_closed(PROMISED, Outcome.DUPLICATE), [_answer(9, 90)], Verdict.UNMEASURED),
    ],
)
def test_the_verdict(case: Case, answers: list[LaterAnswer], expected: Verdict) -> None:
    found = verdict(case, R, answers)
    assert found.verdict is expected
    assert (found.answer is not None) == (expected in {Verdict.SAVED, Verdict.NOT_SAVED})
    assert verdict(case, R, reversed(answers)) == found


answers = st.builds(
    LaterAnswer,
    st.integers(1, 99),
    st.sampled_from(Kind),
    st.integers(0, 10),
    st.integers(-100, 400).map(lambda days: SUBMITTED + days * DAY),
)


@given(st.lists(answers, max_size=8), st.sampled_from([CASE, PROMISED, BROKE]), st.sampled_from([None, *Outcome]))
def test_saved_is_exactly_its_two_conditions(
    given_answers: list[LaterAnswer], case: Case, ended: Outcome | None
) -> None:
    case = _closed(case, ended) if ended else case
    found = verdict(case, R, given_answers)
    if ended in {Outcome.WITHDRAWN, Outcome.DUPLICATE}:
        assert found == Ledger(Verdict.UNMEASURED)
        return
    later = [
        a for a in given_answers if a.kind is R and a.responded_at > SUBMITTED and a.response_id != case.response_id
    ]
    following = min(later, key=lambda a: (a.responded_at, a.response_id), default=None)
    assert (found.answer is None) == (following is None)
    if found.answer is not None and following is not None:
        assert found.answer.responded_at == following.responded_at
        committed = case.progress.first_committed_at
        acted = committed is not None and SUBMITTED < committed < following.responded_at
        assert (found.verdict is Verdict.SAVED) == (acted and found.answer.score >= 7)


def test_the_verdict_is_put_on_the_case_once_and_again_when_it_changes() -> None:
    saved = verdict(PROMISED, R, [_answer(9, 90)])
    change = measure(PROMISED, 2, saved, "winback", LATER)
    assert change is not None
    assert (change.event.kind, change.event.before, change.event.after) == (EventKind.MEASURED, "2", "saved")
    assert change.event.details == {"score": "9", "response_id": "50"}
    assert (change.case.progress.verdict, change.case.progress.later_score) == (Verdict.SAVED, 9)
    assert measure(change.case, 2, saved, "winback", LATER) is None
    corrected = measure(change.case, 2, verdict(PROMISED, R, [_answer(5, 90)]), "winback", LATER)
    assert corrected is not None
    assert corrected.case.progress.verdict is Verdict.NOT_SAVED
    assert measure(PROMISED, 2, Ledger(Verdict.PENDING), "winback", LATER) is None


def test_a_corrected_score_is_told_even_where_the_verdict_stays() -> None:
    first = measure(PROMISED, 2, verdict(PROMISED, R, [_answer(9, 90)]), "winback", LATER)
    assert first is not None
    again = measure(first.case, 2, verdict(PROMISED, R, [_answer(8, 90)]), "winback", LATER)
    assert again is not None
    assert (again.case.progress.verdict, again.case.progress.later_score) == (Verdict.SAVED, 8)
    assert again.event.details == {"score": "8", "response_id": "50"}


def test_a_case_that_is_withdrawn_after_all_loses_its_verdict() -> None:
    saved = measure(PROMISED, 2, verdict(PROMISED, R, [_answer(9, 90)]), "winback", LATER)
    assert saved is not None
    withdrawn = _closed(saved.case, Outcome.WITHDRAWN)
    found = verdict(withdrawn, R, [_answer(9, 90)])
    change = measure(withdrawn, 2, found, "winback", LATER)
    assert change is not None
    assert (change.case.progress.verdict, change.case.progress.later_score) == (Verdict.UNMEASURED, None)
    assert change.event.details == {}
    assert measure(change.case, 2, found, "winback", LATER) is None


def test_a_closed_case_is_measured_too() -> None:
    case = _closed(PROMISED, Outcome.RECOVERED)
    change = measure(case, 2, verdict(case, R, [_answer(9, 90)]), "winback", LATER)
    assert change is not None
    assert change.case.state is State.CLOSED
