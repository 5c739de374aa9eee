"""The recovery of one detractor: who holds it, where it stands, and what may happen next.

Playbook, sections 1 to 4. Every change is an event; nobody edits a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from recovery.cases.progress import Progress
from recovery.errors import Refusal


class State(StrEnum):
    """Where a case stands. `open` has no owner yet, `claimed` has exactly one, `closed` is over."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Urgency(StrEnum):
    CRITICAL = "critical"
    NORMAL = "normal"


class Outcome(StrEnum):
    """How a case ends (playbook, section 3, Close)."""

    RECOVERED = "recovered"
    NOT_RECOVERED = "not_recovered"
    HONEST_NO_ACCEPTED = "honest_no_accepted"
    UNREACHABLE = "unreachable"
    CHURNED = "churned"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class EventKind(StrEnum):
    OPENED = "opened"
    FLAGGED = "flagged"
    JOINED = "joined"
    SCORE_CHANGED = "score_changed"
    VERBATIM_CHANGED = "verbatim_changed"
    ROUTED = "routed"
    FACTS_CHANGED = "facts_changed"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    OUTREACH_LOGGED = "outreach_logged"
    CONVERSATION_LOGGED = "conversation_logged"
    ACTION_COMMITTED = "action_committed"
    ACTION_DONE = "action_done"
    ACTION_SLIPPING = "action_slipping"
    FOLLOW_UP_LOGGED = "follow_up_logged"
    CORRECTED = "corrected"
    CLOSED = "closed"
    REOPENED = "reopened"
    MEASURED = "measured"
    PAUSED = "paused"
    RESUMED = "resumed"
    SNOOZED = "snoozed"
    RETIMED = "retimed"


# The case is somebody else's from here on: `before` and `after` are Slack user ids, "" for the channel.
CHANGES_HANDS = frozenset({EventKind.CLAIMED, EventKind.ASSIGNED, EventKind.RELEASED})


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When each step is due (aware UTC) and, for each, one sentence that explains it.

    `conversation` and `action` are None where the case's tier does without them, and for cases from before these
    steps were kept. The follow-up's deadline starts with the action, so it stands in the case's progress.
    """

    assign: datetime
    outreach: datetime
    assign_why: str
    outreach_why: str
    conversation: datetime | None = None
    action: datetime | None = None
    conversation_why: str = ""
    action_why: str = ""


@dataclass(frozen=True, slots=True)
class Sla:
    """The limits that a case was opened with; a later policy changes them only when it is applied to open cases.

    `tier`: the key of the policy's tier, "" when none fits. The limits are words that `parse_limit` reads ("48 hours");
    "" stands for the limit of today's [ladder], as in cases from before limits were kept. `skipped`: values of Step
    that the case does without.
    """

    tier: str = ""
    assign: str = ""
    outreach: str = ""
    conversation: str = ""
    action: str = ""
    follow_up: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """Whom the card asks first, and why (playbook, section 5). `user` is a Slack user id, "" for the channel."""

    user: str
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the cases; `version` is compared and set at each save. Slack ids in `owner`.

    `progress` always equals what recovery.cases.folding makes of the case's history.
    """

    id: int
    programme: str
    contact_id: int
    account_id: int | None
    response_id: int
    state: State
    urgency: Urgency
    urgency_why: str
    routing: Routing
    opened_at: datetime
    submitted_at: datetime
    deadlines: Deadlines
    owner: str = ""
    flagged_at: datetime | None = None
    assigned_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_reason: str = ""
    version: int = 0
    progress: Progress = field(default_factory=Progress)
    sla: Sla = field(default_factory=Sla)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a case: who, when, what, before and after. `actor` is a Slack user id or "winback".

    `details` is the evidence of a step, as recovery.cases.evidence writes and reads it; empty for other changes.
    """

    kind: EventKind
    actor: str
    at: datetime
    before: str = ""
    after: str = ""
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule decided: the case as it will be, and the event that says so.

    `restarts_action`: the deadline of a new action begins with this change, so none has been missed yet.
    """

    case: Case
    event: Event
    restarts_action: bool = False


def claim(case: Case, by: str, at: datetime) -> Change:
    """One owner from here on; who comes second is told who was first."""
    refuse_closed(case)
    if case.owner == by:
        raise Refusal("You own this case already.")
    if case.owner:
        raise Refusal(f"<@{case.owner}> owns this case already.")
    return _owned(case, by, EventKind.CLAIMED, by, at)


def assign(case: Case, to: str, by: str, at: datetime, note: str = "") -> Change:
    """A lead names the owner, also in place of another."""
    refuse_closed(case)
    if case.owner == to:
        raise Refusal(f"<@{to}> owns this case already.")
    return _owned(case, to, EventKind.ASSIGNED, by, at, note.strip())


def release(case: Case, by: str, at: datetime, note: str = "") -> Change:
    """The case goes back to its channel; it never stays with nobody unseen."""
    refuse_closed(case)
    if not case.owner:
        raise Refusal("Nobody owns this case, so there is nothing to release.")
    event = Event(EventKind.RELEASED, by, at, before=case.owner, note=note)
    freed = replace(case, state=State.OPEN, owner="", assigned_at=None, progress=case.progress.freed(at))
    return Change(freed, event)


def withdraw(case: Case, outcome: Outcome, reason: str, by: str, at: datetime) -> Change:
    """A test, a wrong person, a corrected score, or a duplicate: closed with a reason, out of the figures."""
    refuse_closed(case)
    reason = reason.strip()
    if not reason:
        raise Refusal("Say in a few words why; it stays in the case's history.")
    event = Event(EventKind.WITHDRAWN, by, at, before=case.state.value, after=outcome.value, note=reason)
    return Change(ended(case, outcome, reason, at), event)


def ended(case: Case, outcome: Outcome, reason: str, at: datetime) -> Case:
    """Give the case as it is when it is over: it waits for nobody any more."""
    return replace(
        case,
        state=State.CLOSED,
        closed_at=at,
        outcome=outcome,
        outcome_reason=reason,
        progress=case.progress.stirred(at),
    )


def _owned(case: Case, owner: str, kind: EventKind, by: str, at: datetime, note: str = "") -> Change:
    event = Event(kind, by, at, before=case.owner, after=owner, note=note)
    assigned_at = case.assigned_at or at
    owned = replace(case, state=State.CLAIMED, owner=owner, assigned_at=assigned_at, progress=case.progress.taken(at))
    return Change(owned, event)


def refuse_closed(case: Case) -> None:
    """Nothing more is logged on a case that is over; a lead may reopen it."""
    if case.state is State.CLOSED:
        raise Refusal(f"This case was closed ({case.outcome.value if case.outcome else 'closed'}).")
