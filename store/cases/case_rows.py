"""Cases and their events as rows and back. Progress and limits are JSON: times as ISO texts, defaults left out."""

import sqlalchemy as sa
from pydantic import TypeAdapter

from recovery.cases.case import Case, Deadlines, Event, EventKind, Outcome, Routing, Sla, State, Urgency
from recovery.cases.progress import Progress

FIELDS = (
    "programme", "contact_id", "account_id", "response_id", "state", "urgency", "urgency_why", "routed_to",
    "routed_why", "owner", "opened_at", "submitted_at", "assign_due", "assign_why", "outreach_due", "outreach_why",
    "conversation_due", "conversation_why", "action_due", "action_why", "progress", "sla", "contacted_at", "verdict",
    "flagged_at", "assigned_at", "closed_at", "outcome", "outcome_reason",
)  # fmt: skip
_PROGRESS = TypeAdapter(Progress)
_NONE_YET = Progress()
_SLA = TypeAdapter(Sla)
_OF_TODAY = Sla()


def values_of(case: Case) -> dict[str, object]:
    """Every column of FIELDS."""
    return {
        "programme": case.programme,
        "contact_id": case.contact_id,
        "account_id": case.account_id,
        "response_id": case.response_id,
        "state": case.state.value,
        "urgency": case.urgency.value,
        "urgency_why": case.urgency_why,
        "routed_to": case.routing.user,
        "routed_why": case.routing.why,
        "owner": case.owner,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "assign_due": case.deadlines.assign,
        "assign_why": case.deadlines.assign_why,
        "outreach_due": case.deadlines.outreach,
        "outreach_why": case.deadlines.outreach_why,
        "conversation_due": case.deadlines.conversation,
        "conversation_why": case.deadlines.conversation_why,
        "action_due": case.deadlines.action,
        "action_why": case.deadlines.action_why,
        "progress": _PROGRESS.dump_python(case.progress, mode="json", exclude_defaults=True),
        "sla": _SLA.dump_python(case.sla, mode="json", exclude_defaults=True),
        "contacted_at": case.progress.contacted_at,
        "verdict": case.progress.verdict.value if case.progress.verdict else "",
        "flagged_at": case.flagged_at,
        "assigned_at": case.assigned_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome.value if case.outcome else None,
        "outcome_reason": case.outcome_reason,
    }


def case_of(row: sa.RowMapping) -> Case:
    """A row of the cases as a value."""
    return Case(
        id=row["id"],
        programme=row["programme"],
        contact_id=row["contact_id"],
        account_id=row["account_id"],
        response_id=row["response_id"],
        state=State(row["state"]),
        urgency=Urgency(row["urgency"]),
        urgency_why=row["urgency_why"],
        routing=Routing(row["routed_to"], row["routed_why"]),
        opened_at=row["opened_at"],
        submitted_at=row["submitted_at"],
        deadlines=Deadlines(
            assign=row["assign_due"],
            outreach=row["outreach_due"],
            assign_why=row["assign_why"],
            outreach_why=row["outreach_why"],
            conversation=row["conversation_due"],
            action=row["action_due"],
            conversation_why=row["conversation_why"],
            action_why=row["action_why"],
        ),
        owner=row["owner"],
        flagged_at=row["flagged_at"],
        assigned_at=row["assigned_at"],
        closed_at=row["closed_at"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        outcome_reason=row["outcome_reason"],
        version=row["version"],
        progress=_PROGRESS.validate_python(row["progress"]) if row["progress"] else _NONE_YET,
        sla=_SLA.validate_python(row["sla"]) if row["sla"] else _OF_TODAY,
    )


def values_of_event(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind.value,
        "actor": event.actor,
        "at": event.at,
        "before": event.before,
        "after": event.after,
        "note": event.note,
        "details": dict(event.details),
    }


def event_of_row(row: sa.RowMapping) -> Event:
    return Event(
        kind=EventKind(row["kind"]),
        actor=row["actor"],
        at=row["at"],
        before=row["before"],
        after=row["after"],
        note=row["note"],
        details=row["details"],
    )
