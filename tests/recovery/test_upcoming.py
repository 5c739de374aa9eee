"""What comes next is what really comes: the same as a case that is walked through time ring by ring."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from recovery.cases.case import Case, State
from recovery.cases.progress import Pause
from recovery.cases.steps import Step
from recovery.clock.alarms import Level, Raised
from recovery.clock.upcoming import Coming, upcoming
from tests.recovery.alarm_book import CALENDARS, FREE, OUTREACH_ONLY, OWNED, TRIED, Alarms, after, progressed, said
from tests.recovery.step_values import HOUR, POLICY, SUBMITTED

EVER = timedelta(days=400)


def ahead(case: Case, hours: float, most: int = 4, raised: list[Raised] | None = None) -> list[tuple[float, str]]:
    return shown(upcoming(POLICY, CALENDARS, case, raised or [], after(hours), most))


def shown(found: tuple[Coming, ...]) -> list[tuple[float, str]]:
    return [
        ((each.at - SUBMITTED) / HOUR, "release" if each.alarm.level is Level.IDLE_RELEASE else said(each.alarm))
        for each in found
    ]


def test_the_next_four() -> None:
    assert ahead(TRIED, 2) == [
        (24.0, "outreach nudge 0"),
        (38.4, "outreach urge 0"),
        (48.0, "outreach breach 0"),
        (72.0, "outreach executive 0"),
    ]
    assert ahead(TRIED, 2, most=0) == []


def test_what_was_said_is_not_ahead_any_more_and_the_repeats_end() -> None:
    book = Alarms()
    book.walk(OUTREACH_ONLY, after(2), after(80))
    assert ahead(OUTREACH_ONLY, 80, raised=book.raised) == [
        (96.0, "outreach again 1"),
        (120.0, "outreach again 2"),
        (144.0, "outreach again 3"),
    ]
    book.walk(OUTREACH_ONLY, after(80), after(8000))
    assert ahead(OUTREACH_ONLY, 8000, raised=book.raised) == []


def test_what_is_due_and_not_rung_for_yet_comes_now_and_covers_the_rest() -> None:
    assert ahead(OUTREACH_ONLY, 50, most=2) == [(50.0, "outreach breach 0"), (72.0, "outreach executive 0")]


def test_a_release_is_the_last() -> None:
    found = ahead(OWNED, 2, most=9)
    # On Friday the case was taken, at the weekend nobody could answer.
    assert [text for _, text in found] == [
        "outreach nudge 0",
        "outreach idle 1",
        "outreach urge 0",
        "outreach breach 0",
        "release",
    ]


def test_a_closed_case_has_nothing_ahead() -> None:
    assert ahead(replace(TRIED, state=State.CLOSED), 2) == []


def test_a_silence_moves_it_on() -> None:
    paused = progressed(TRIED, pauses=(Pause(after(1), after(30), "Dana is on holiday."),))
    (first, *_) = ahead(paused, 2)
    assert first[0] >= 30
    snoozed = progressed(TRIED, snoozed_until=after(40))
    assert ahead(snoozed, 2)[0] == (40.0, "outreach urge 0")


@given(
    st.sampled_from([FREE, OWNED, TRIED, OUTREACH_ONLY]),
    st.floats(1, 300),
    st.booleans(),
    st.floats(0, 60),
    st.integers(0, 30),
)
def test_it_says_what_happens(case: Case, hours: float, walked: bool, quiet: float, most: int) -> None:
    book = Alarms()
    start = after(hours)
    if walked:
        book.walk(case, after(1), start)
    if quiet:
        case = progressed(case, snoozed_until=start + quiet * HOUR)
    found = shown(upcoming(POLICY, CALENDARS, case, book.raised, start, most))
    due = book.ring(case, start)
    first = [(hours, "release" if due.release else said(due.speak))] if due.raises else []
    real = [each for each in [*first, *book.walk(case, start, start + EVER)] if each[1] != "nothing"]
    texts = [text for _, text in real]
    if "release" in texts:
        real = real[: texts.index("release") + 1]
    assert [text for _, text in found] == [text for _, text in real][:most]
    for (at, _), (then, _) in zip(found, real, strict=False):
        assert abs(at - then) < 1e-6
    assert all(Step(text.split()[0]) for _, text in found if text != "release")
