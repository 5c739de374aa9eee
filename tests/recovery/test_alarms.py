"""What is said about a case and when, ring by ring. Hours count from the submission, Friday 20 Nov 2026 14:05 UTC."""

from dataclasses import replace

import pytest

from recovery.cases.case import Outcome
from recovery.cases.closing import close
from recovery.cases.ladder import commit_action, log_conversation, log_outreach
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Level, alarms, due_now
from tests.recovery.alarm_book import (
    CALENDARS,
    FREE,
    OUTREACH_ONLY,
    OWNED,
    TRIED,
    Alarms,
    after,
    keys,
    progressed,
    ruled_by,
    said,
)
from tests.recovery.step_values import (
    CALLED,
    DAY,
    POLICY,
    PRIYA,
    PROMISE,
    RULES,
    SPOKE,
    SUBMITTED,
    Book,
)


def test_a_case_that_nobody_works_on_climbs_to_the_executive_and_stops() -> None:
    heard = Alarms().walk(TRIED, SUBMITTED, after(14 * 24))
    assert heard == [
        (24, "outreach nudge 0"),
        (38.4, "outreach urge 0"),
        (48, "outreach breach 0"),
        (72, "outreach executive 0"),
        (84, "nothing"),  # the conversation's reminders: the outreach is overdue, so they would only be noise
        (96, "outreach again 1"),
        (120, "outreach again 2"),
        (134.4, "nothing"),
        (144, "outreach again 3"),
        (168, "conversation breach 0"),  # and half the action's time is over, in silence
        (192, "conversation executive 0"),
        (216, "conversation again 1"),
        (240, "conversation again 2"),
        (264, "conversation again 3"),
        (268.8, "nothing"),
        (336, "action breach 0"),
    ]


def test_it_ends() -> None:
    book = Alarms()
    heard = book.walk(TRIED, SUBMITTED, after(10_000))
    assert heard[-1] == (336 + 24 + 3 * 24, "action again 3")
    assert book.next(TRIED, after(10_000)) is None


def test_a_case_without_an_owner_asks_for_one() -> None:
    # Friday 14:05 and four working hours: until Monday 09:35. The outreach's two days run through the weekend.
    assert Alarms().walk(FREE, SUBMITTED, after(92)) == [
        (2, "assign nudge 0"),
        (3.2, "assign urge 0"),
        (24, "outreach nudge 0"),
        (38.4, "outreach urge 0"),
        (48, "outreach breach 0"),
        (67.5, "assign breach 0"),
        (72, "outreach executive 0"),
        (84, "nothing"),
        (91.5, "assign executive 0"),
    ]


@pytest.mark.parametrize(
    ("hours", "speaks", "covers"),
    [
        (23.9, "nothing", set()),
        (24, "outreach nudge 0", set()),
        (40, "outreach urge 0", {"outreach nudge 0"}),
        (47.999, "outreach urge 0", {"outreach nudge 0"}),
        (48, "outreach breach 0", {"outreach nudge 0", "outreach urge 0"}),
        (72, "outreach executive 0", {"outreach nudge 0", "outreach urge 0", "outreach breach 0"}),
        (
            400,
            "outreach executive 0",
            {
                *("outreach nudge 0", "outreach urge 0", "outreach breach 0"),
                *("conversation nudge 0", "conversation urge 0", "conversation breach 0", "conversation executive 0"),
                *("action nudge 0", "action urge 0", "action breach 0", "action executive 0"),
            },
        ),
    ],
)
def test_after_an_outage_of_any_length_the_case_speaks_once(hours: float, speaks: str, covers: set[str]) -> None:
    book = Alarms()
    due = book.ring(TRIED, after(hours))
    assert said(due.speak) == speaks
    assert {said(alarm) for alarm in due.covered} == covers
    assert book.ring(TRIED, after(hours)).raises == ()


def test_an_outage_does_not_climb_through_the_repeats() -> None:
    book = Alarms()
    book.ring(TRIED, after(72))
    assert said(book.ring(TRIED, after(300)).speak) == "outreach again 1"
    assert "conversation executive 0" in keys(book.raised)
    assert not {"outreach again 2", "conversation again 1"} & keys(book.raised)
    # The next is a whole day after the one that came late.
    assert said(book.ring(TRIED, after(324)).speak) == "outreach again 2"


def test_what_is_overdue_and_not_said_yet_rings_at_once() -> None:
    """Somebody moves the timer of a case after its moment has passed, and before the ring: nothing is lost."""
    book = Alarms()
    assert book.next(TRIED, after(30)) == after(24)
    book.ring(TRIED, after(30))
    assert book.next(TRIED, after(30)) == after(38.4)


@pytest.mark.parametrize("step", [Step.OUTREACH, Step.CONVERSATION, Step.ACTION])
def test_a_step_that_is_done_says_nothing_more(step: Step) -> None:
    book = Book(OWNED)
    now = SUBMITTED + 4 * DAY
    book.save(log_outreach(book.case, CALLED, PRIYA, now, RULES))
    if step is not Step.OUTREACH:
        book.save(log_conversation(book.case, SPOKE, PRIYA, now, RULES))
    if step is Step.ACTION:
        book.save(commit_action(book.case, PROMISE, PRIYA, now, RULES))
    order = list(Step)
    left = {alarm.step for alarm in alarms(POLICY, CALENDARS, book.case, ())}
    assert left == set(order[order.index(step) + 1 :]) - ({Step.FOLLOW_UP} if step is not Step.ACTION else set())


def test_a_closed_case_says_nothing() -> None:
    book = Book(OWNED)
    book.save(log_outreach(book.case, CALLED, PRIYA, after(6), RULES))
    closed = close(book.case, Outcome.NOT_RECOVERED, "They went elsewhere.", PRIYA, after(100), RULES).case
    assert alarms(POLICY, CALENDARS, closed, ()) == ()
    assert due_now(POLICY, CALENDARS, closed, (), after(1000)).raises == ()
    assert Alarms().next(closed, after(100)) is None


def test_a_step_that_the_tier_skips_says_nothing() -> None:
    assert {alarm.step for alarm in alarms(POLICY, CALENDARS, OUTREACH_ONLY, ())} == {Step.OUTREACH}


def test_an_answer_to_the_breach_gives_a_whole_day_once() -> None:
    book = Alarms()
    book.ring(TRIED, after(48))
    book.acknowledge(Step.OUTREACH, Level.BREACH, after(60))
    assert book.walk(TRIED, after(60), after(131)) == [
        (84, "outreach executive 0"),
        (108, "outreach again 1"),
    ]


def test_an_answer_to_the_executives_alarm_puts_off_the_repeats() -> None:
    book = Alarms()
    book.ring(TRIED, after(84))
    book.acknowledge(Step.OUTREACH, Level.EXECUTIVE, after(90))
    assert (114, "outreach again 1") in book.walk(TRIED, after(90), after(115))
    book.acknowledge(Step.OUTREACH, Level.AGAIN, after(120))
    assert (144, "outreach again 2") in book.walk(TRIED, after(120), after(145))


def test_who_takes_over_a_late_case_has_a_whole_day() -> None:
    book = Alarms()
    book.ring(TRIED, after(48))
    taken_over = progressed(TRIED, hands=2, held_since=after(70))
    assert book.walk(taken_over, after(70), after(95)) == [(84, "nothing"), (94, "outreach executive 0")]
    in_time = progressed(TRIED, hands=2, held_since=after(47))
    assert said(book.ring(in_time, after(84)).speak) == "nothing"


def test_who_takes_over_what_the_executive_knows_of_has_a_whole_day_too() -> None:
    book = Alarms()
    book.ring(TRIED, after(84))
    taken_over = progressed(TRIED, hands=2, held_since=after(100))
    assert book.walk(taken_over, after(100), after(125)) == [(124, "outreach again 1")]


def test_a_case_that_comes_late_goes_to_its_people_before_it_goes_to_the_executive() -> None:
    """An import brings an answer of ten days ago: nobody could have called earlier."""
    imported = replace(TRIED, opened_at=after(240), flagged_at=after(240), assigned_at=after(241))
    book = Alarms()
    assert said(book.ring(imported, after(240)).speak) == "outreach breach 0"
    assert book.walk(imported, after(240), after(264)) == [(264, "outreach executive 0")]


def test_repeats_end_at_the_ceiling_and_can_be_none() -> None:
    assert ruled_by(most_repeats=0).walk(TRIED, SUBMITTED, after(120))[-1] == (84, "nothing")
    nine = [text for _, text in ruled_by(most_repeats=9, repeat_every='"1h"').walk(TRIED, SUBMITTED, after(83))]
    assert nine[-9:] == [f"outreach again {repeat}" for repeat in range(1, 10)]


@pytest.mark.parametrize(
    ("nudge_at", "heard"),
    [
        ("[]", []),
        ("[60]", [(28.8, "outreach nudge 0")]),
        ("[1, 99]", [(0.48, "outreach nudge 0"), (47.52, "outreach urge 0")]),
    ],
)
def test_the_policy_says_when_to_nudge(nudge_at: str, heard: list[tuple[float, str]]) -> None:
    assert ruled_by(nudge_at=nudge_at).walk(OUTREACH_ONLY, SUBMITTED, after(48)) == [*heard, (48, "outreach breach 0")]


def test_reminders_never_come_after_the_deadline_that_people_see() -> None:
    """The limits may be longer by now than when the deadline was set; it holds until it is re-computed."""
    short = replace(TRIED, deadlines=replace(TRIED.deadlines, outreach=after(20)))
    assert Alarms().walk(short, SUBMITTED, after(30)) == [(20, "outreach breach 0")]


def test_the_levels_are_in_the_order_of_severity() -> None:
    assert [level.severity for level in Level] == list(range(len(Level)))
    assert [level.value for level in sorted(Level, key=lambda level: level.severity)] == [
        *("nudge", "urge", "idle", "idle_release", "breach", "executive", "again")
    ]


def test_of_two_steps_at_one_level_the_earlier_one_speaks() -> None:
    same = replace(TRIED, deadlines=replace(TRIED.deadlines, conversation=after(48)))
    due = Alarms().ring(same, after(48))
    assert said(due.speak) == "outreach breach 0"
    assert "conversation breach 0" in {said(alarm) for alarm in due.covered}


def test_alarms_come_in_order() -> None:
    listed = alarms(POLICY, CALENDARS, OWNED, ())
    assert list(listed) == sorted(listed, key=lambda alarm: (alarm.due_at, alarm.level.severity))
    assert listed[0] == Alarm(Step.OUTREACH, Level.NUDGE, 0, after(24))
