"""A case, its rules and one good entry of each step, for tests that bend them to their needs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from recovery.cases.case import Case, Change, Event, EventKind, Routing, State, Urgency
from recovery.cases.step_rules import StepRules, step_rules
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
)
from recovery.clock.sla import deadlines
from tests.recovery.policies import sound

POLICY = sound()
PROGRAMME = POLICY.programmes["relational"]
RULES: StepRules = step_rules(POLICY, PROGRAMME)
SUBMITTED = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PRIYA = "U0PRIYA"
CASE = Case(
    id=42,
    programme="relational",
    contact_id=7,
    account_id=3,
    response_id=11,
    state=State.CLAIMED,
    urgency=Urgency.NORMAL,
    urgency_why="",
    routing=Routing("", ""),
    opened_at=SUBMITTED,
    submitted_at=SUBMITTED,
    deadlines=deadlines(POLICY, PROGRAMME, SUBMITTED, SUBMITTED),
    owner=PRIYA,
    flagged_at=SUBMITTED,
    assigned_at=SUBMITTED + HOUR,
    version=1,
)
OPENED = Event(EventKind.OPENED, "winback", SUBMITTED, after="2")

CALLED = Outreach(Channel.CALL, SUBMITTED + 5 * HOUR, OutreachResult.REACHED, "Dana has ten minutes on Monday.")
SPOKE = Conversation(
    SUBMITTED + 3 * DAY,
    "Dana Okafor",
    "Onboarding took four months; nobody technical on our side.",
    "Onboarding",
    "We need someone technical on your side.",
    "A named engineer and a date for the go-live.",
)
PROMISE = Action(
    ActionKind.FIX,
    "Kofi ships the importer fix and Priya demos it to Dana.",
    "U0KOFI",
    "U0MARIUS",
    date(2026, 12, 2),
)
HELD = FollowUp(FollowUpResult.HELD, SUBMITTED + 40 * DAY, "Dana imported 12,000 rows without an error.")
SLIPPED = FollowUp(FollowUpResult.SLIPPED, SUBMITTED + 12 * DAY, "The release moved.", new_due=date(2026, 12, 16))
BROKEN = FollowUp(FollowUpResult.BROKEN, SUBMITTED + 35 * DAY, "The fix was rolled back.")


class Book:
    """A case with its history, saved as the store does it: one event a version."""

    def __init__(self, case: Case = CASE, first: Event = OPENED) -> None:
        self.case = case
        self.history: list[Event] = [first]

    def save(self, change: Change) -> Case:
        assert change.case.version == self.case.version == len(self.history)
        self.case = replace(change.case, version=change.case.version + 1)
        self.history.append(change.event)
        return self.case
