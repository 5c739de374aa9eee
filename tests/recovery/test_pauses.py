"""Waiting on the customer: merged, cut where it ended, capped, and never counted twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import State
from recovery.clock.calendar import Span
from recovery.clock.pauses import Pause, is_snoozed, is_waiting, pause_at, total, waiting
from recovery.clock.waiting import pause, resume, snooze
from recovery.errors import FieldRefusal, Refusal
from recovery.policy.clock import PauseRules
from tests.recovery.step_values import CASE, DAY, HOUR, PRIYA, SUBMITTED, Book

FOREVER = 10_000 * DAY
RULES_OF_PAUSES = PauseRules()
AT = SUBMITTED + 6 * HOUR
WHY = "Dana is on leave."


def some_pause(start: int, length: int, ended: int | None) -> Pause:
    begins = SUBMITTED + start * HOUR
    return Pause(begins, begins + length * HOUR, WHY, None if ended is None else begins + ended * HOUR)


pauses = st.lists(
    st.builds(some_pause, st.integers(0, 200), st.integers(1, 60), st.none() | st.integers(0, 90)), max_size=8
)
limits = st.integers(0, 30).map(lambda days: timedelta(hours=days * 7))


def hours(spans: tuple[Span, ...]) -> set[datetime]:
    """Every hour that a set of spans covers; all of them begin and end on one."""
    return {start + HOUR * each for start, end in spans for each in range(int((end - start) / HOUR))}


@given(pauses, limits)
def test_an_hour_of_waiting_counts_once_and_no_more_than_the_cap(found: list[Pause], most: timedelta) -> None:
    spans = waiting(found, most)
    waited = {each.start + HOUR * hour for each in found for hour in range(int((each.end - each.start) / HOUR))}
    assert hours(waiting(found, FOREVER)) == waited
    assert hours(spans) == set(sorted(waited)[: int(most / HOUR)])
    assert total(spans) <= most
    assert all(start < end for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    assert waiting(reversed(found), most) == spans


def test_a_pause_begins_now_and_ends_when_it_was_meant_to_or_is_resumed() -> None:
    book = Book()
    book.save(pause(book.case, AT + 3 * DAY, f"  {WHY} ", PRIYA, AT, RULES_OF_PAUSES))
    assert book.case.progress.pauses == (Pause(AT, AT + 3 * DAY, WHY),)
    assert [is_waiting(book.case, at) for at in (AT - HOUR, AT, AT + 2 * DAY, AT + 3 * DAY)] == [
        False, True, True, False,
    ]  # fmt: skip
    book.save(resume(book.case, PRIYA, AT + DAY))
    assert waiting(book.case.progress.pauses, FOREVER) == ((AT, AT + DAY),)
    assert pause_at(book.case, AT + DAY) is None
    with pytest.raises(Refusal, match="isn't paused"):
        resume(book.case, PRIYA, AT + DAY + HOUR)


def test_a_second_pause_while_waiting_moves_the_end_and_counts_once() -> None:
    book = Book()
    book.save(pause(book.case, AT + 3 * DAY, WHY, PRIYA, AT, RULES_OF_PAUSES))
    book.save(pause(book.case, AT + 5 * DAY, "Still on leave.", PRIYA, AT + DAY, RULES_OF_PAUSES))
    assert book.case.progress.pauses == (Pause(AT, AT + 5 * DAY, "Still on leave."),)
    book.save(pause(book.case, AT + 2 * DAY, "Back earlier.", PRIYA, AT + DAY, RULES_OF_PAUSES))
    assert waiting(book.case.progress.pauses, FOREVER) == ((AT, AT + 2 * DAY),)
    book.save(pause(book.case, AT + 4 * DAY, "Once more.", PRIYA, AT + 3 * DAY, RULES_OF_PAUSES))
    assert waiting(book.case.progress.pauses, FOREVER) == ((AT, AT + 2 * DAY), (AT + 3 * DAY, AT + 4 * DAY))


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        (AT, "has passed"),
        (AT - HOUR, "has passed"),
        (AT + 14 * DAY + HOUR, "One pause lasts 14 days at most"),
    ],
)
def test_a_pause_ends_within_its_bounds(until: datetime, sentence: str) -> None:
    with pytest.raises(FieldRefusal, match=sentence) as refused:
        pause(CASE, until, WHY, PRIYA, AT, RULES_OF_PAUSES)
    assert refused.value.field == "until"


def test_a_pause_can_not_be_moved_beyond_the_longest_from_its_beginning() -> None:
    book = Book()
    book.save(pause(book.case, AT + 13 * DAY, WHY, PRIYA, AT, RULES_OF_PAUSES))
    with pytest.raises(FieldRefusal, match="14 days at most"):
        pause(book.case, AT + 15 * DAY, WHY, PRIYA, AT + 12 * DAY, RULES_OF_PAUSES)


def test_all_pauses_together_have_a_cap_that_says_what_is_left() -> None:
    book = Book()
    book.save(pause(book.case, AT + 14 * DAY, WHY, PRIYA, AT, RULES_OF_PAUSES))
    later = AT + 20 * DAY
    with pytest.raises(FieldRefusal, match="21 days at most; this case has 7 days left"):
        pause(book.case, later + 8 * DAY, WHY, PRIYA, later, RULES_OF_PAUSES)
    book.save(pause(book.case, later + 7 * DAY, WHY, PRIYA, later, RULES_OF_PAUSES))
    with pytest.raises(FieldRefusal, match="this case has had them"):
        pause(book.case, later + 9 * DAY, WHY, PRIYA, later + 8 * DAY, RULES_OF_PAUSES)
    # The one it is in may still end earlier, or at the same time.
    pause(book.case, later + 7 * DAY, "Same end.", PRIYA, later + DAY, RULES_OF_PAUSES)


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 501])
def test_a_reason_is_a_few_words(reason: str) -> None:
    for act in (pause, snooze):
        with pytest.raises(FieldRefusal) as refused:
            act(CASE, AT + DAY, reason, PRIYA, AT, RULES_OF_PAUSES)
        assert refused.value.field == "reason"


def test_nobody_waits_for_a_case_without_an_owner_and_it_can_be_snoozed() -> None:
    from_nobody = replace(CASE, owner="", state=State.OPEN)
    with pytest.raises(Refusal, match="Nobody owns this case"):
        pause(from_nobody, AT + DAY, WHY, PRIYA, AT, RULES_OF_PAUSES)
    assert is_snoozed(snooze(from_nobody, AT + DAY, WHY, PRIYA, AT, RULES_OF_PAUSES).case, AT)


def test_a_snooze_ends_by_itself_is_replaced_and_has_its_own_bound() -> None:
    case = snooze(CASE, AT + DAY, WHY, PRIYA, AT, RULES_OF_PAUSES).case
    assert [is_snoozed(case, at) for at in (AT, AT + DAY - HOUR, AT + DAY)] == [True, True, False]
    again = snooze(case, AT + 2 * HOUR, "Shorter.", PRIYA, AT + HOUR, RULES_OF_PAUSES).case
    assert (again.progress.snoozed_until, again.progress.snooze_why) == (AT + 2 * HOUR, "Shorter.")
    with pytest.raises(FieldRefusal, match="3 days at most"):
        snooze(CASE, AT + 3 * DAY + HOUR, WHY, PRIYA, AT, RULES_OF_PAUSES)


def test_a_naive_time_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        pause(CASE, (AT + DAY).replace(tzinfo=None), WHY, PRIYA, AT, RULES_OF_PAUSES)
