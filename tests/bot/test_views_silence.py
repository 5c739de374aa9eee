"""What the history says of alarms, and the thread of a case that waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.alarm_notes import Spoken, is_told
from bot.views.history import merged, newest
from bot.views.notes import note
from recovery.cases.case import Event, EventKind
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from tests.support.briefs import ANSWER, CASE, NOW, moments, texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems

DUE = CASE.deadlines.outreach
SAID = Spoken(NOW + timedelta(hours=1), Step.OUTREACH, Level.BREACH, ("U0ELENA", "U0TOMAS"))


@pytest.mark.parametrize(
    ("spoken", "line"),
    [
        (SAID, "Overdue: outreach. Told @U0ELENA, @U0TOMAS."),
        (replace(SAID, level=Level.EXECUTIVE), "Still overdue: outreach. Told @U0ELENA, @U0TOMAS."),
        (replace(SAID, level=Level.AGAIN), "Still overdue: outreach. Told @U0ELENA, @U0TOMAS once more."),
        (replace(SAID, level=Level.NUDGE, people=("U0PRIYA",)), "Reminder of outreach to @U0PRIYA."),
        (replace(SAID, level=Level.URGE, people=()), "Second reminder of outreach to nobody yet."),
        (replace(SAID, level=Level.IDLE, people=("U0PRIYA",)), "Asked @U0PRIYA: are you on it?"),
        (
            replace(SAID, people=tuple(f"U0P{number}" for number in range(9))),
            "Overdue: outreach. Told @U0P0, @U0P1, @U0P2 and 6 more.",
        ),
        (
            replace(SAID, answered_by="U0ELENA", answered_at=NOW),
            "Overdue: outreach. Told @U0ELENA, @U0TOMAS. @U0ELENA is on it since Sat 21 Nov, 12:05 UTC.",
        ),
    ],
)
def test_the_history_says_who_was_told(spoken: Spoken, line: str) -> None:
    events = [Event(EventKind.CLAIMED, "U0PRIYA", NOW), Event(EventKind.RELEASED, "U0PRIYA", NOW + timedelta(hours=2))]
    shown = read(newest(merged(events, [spoken]), ANSWER.contact, room=9_000, most=20))
    assert len(shown) == 3
    assert shown[1] == f"Sat 21 Nov, 13:05 UTC · {line}"


def test_every_level_that_is_said_has_a_line() -> None:
    assert {level for level in Level if not is_told(level)} == {Level.IDLE_RELEASE}


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (
            Event(EventKind.PAUSED, "U0PRIYA", NOW, after=DUE.isoformat(), note="Dana is on holiday."),
            [
                "@U0PRIYA paused the case until Mon 23 Nov, 11:58 UTC: it waits on the customer.",
                "❝ Dana is on holiday.",
            ],
        ),
        (
            Event(EventKind.PAUSED, "U0PRIYA", NOW, after="soon"),
            ["@U0PRIYA paused the case: it waits on the customer."],
        ),
        (Event(EventKind.RESUMED, "U0PRIYA", NOW), ["@U0PRIYA goes on with the case."]),
        (Event(EventKind.RESUMED, "winback", NOW), ["The pause is over; the case goes on."]),
        (
            Event(EventKind.SNOOZED, "U0ELENA", NOW, after=DUE.isoformat(), note="The call is on Monday."),
            ["@U0ELENA switched the reminders off until Mon 23 Nov, 11:58 UTC.", "❝ The call is on Monday."],
        ),
        (Event(EventKind.SNOOZED, "U0ELENA", NOW), ["@U0ELENA switched the reminders off for a while."]),
        (
            Event(EventKind.RETIMED, "winback", NOW, before="outreach 48h", after="outreach 24h"),
            ["winback put the new limits of the policy in force. Before: outreach 48h. Now: outreach 24h."],
        ),
    ],
)
def test_waiting_in_the_thread(event: Event, lines: list[str]) -> None:
    look = note(event, ANSWER.contact)
    assert look is not None
    assert read(look.blocks) == lines


@given(st.sampled_from([EventKind.PAUSED, EventKind.SNOOZED, EventKind.RETIMED]), moments, texts, texts, texts)
def test_any_note_about_waiting_fits(kind: EventKind, at: datetime, before: str, after: str, said: str) -> None:
    look = note(Event(kind, "U0PRIYA", at, before, after, said), ANSWER.contact)
    assert look is not None
    assert message_problems(look) == []
