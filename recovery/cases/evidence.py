"""Steps as the details of an event and back: flat texts, so that the history stays readable without this code."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    Entry,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
    Step,
    step_of,
)

YES = "yes"


def to_details(entry: Entry) -> dict[str, str]:
    """Write a checked entry; `step` says which kind it is, what is empty is left out."""
    match entry:
        case Outreach():
            found = {
                "channel": entry.channel.value,
                "happened_at": entry.happened_at.isoformat(),
                "result": entry.result.value,
                "note": entry.note,
                "meeting_at": entry.meeting_at.isoformat() if entry.meeting_at else "",
            }
        case Conversation():
            found = {
                "happened_at": entry.happened_at.isoformat(),
                "with_whom": entry.with_whom,
                "notes": entry.notes,
                "root_cause": entry.root_cause,
                "sentence": entry.sentence,
                "wants": entry.wants,
            }
        case Action():
            found = {
                "kind": entry.kind.value,
                "deliverable": entry.deliverable,
                "person": entry.person,
                "partner": entry.partner,
                "due": entry.due.isoformat(),
                "challenged": json.dumps(entry.challenged, ensure_ascii=False) if entry.challenged else "",
                "happened_at": entry.happened_at.isoformat() if entry.happened_at else "",
            }
        case FollowUp():
            found = {
                "result": entry.result.value,
                "happened_at": entry.happened_at.isoformat(),
                "evidence": entry.evidence,
                "new_due": entry.new_due.isoformat() if entry.new_due else "",
                "resurvey": YES if entry.resurvey else "",
            }
    return {"step": step_of(entry).value, **{name: value for name, value in found.items() if value}}


def from_details(details: Mapping[str, str]) -> Entry:
    """Read what `to_details` wrote. Raises ValueError for anything else."""
    try:
        return _READERS[Step(details["step"])](details)
    except KeyError as missing:
        raise ValueError(f"The details of this step lack {missing}.") from None


def _outreach(details: Mapping[str, str]) -> Entry:
    return Outreach(
        channel=Channel(details["channel"]),
        happened_at=datetime.fromisoformat(details["happened_at"]),
        result=OutreachResult(details["result"]),
        note=details.get("note", ""),
        meeting_at=_moment(details.get("meeting_at", "")),
    )


def _conversation(details: Mapping[str, str]) -> Entry:
    return Conversation(
        happened_at=datetime.fromisoformat(details["happened_at"]),
        with_whom=details["with_whom"],
        notes=details["notes"],
        root_cause=details["root_cause"],
        sentence=details["sentence"],
        wants=details["wants"],
    )


def _action(details: Mapping[str, str]) -> Entry:
    return Action(
        kind=ActionKind(details["kind"]),
        deliverable=details["deliverable"],
        person=details["person"],
        partner=details["partner"],
        due=date.fromisoformat(details["due"]),
        challenged=tuple(json.loads(details.get("challenged", "[]"))),
        happened_at=_moment(details.get("happened_at", "")),
    )


def _follow_up(details: Mapping[str, str]) -> Entry:
    new_due = details.get("new_due", "")
    return FollowUp(
        result=FollowUpResult(details["result"]),
        happened_at=datetime.fromisoformat(details["happened_at"]),
        evidence=details["evidence"],
        new_due=date.fromisoformat(new_due) if new_due else None,
        resurvey=details.get("resurvey") == YES,
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_READERS = {
    Step.OUTREACH: _outreach,
    Step.CONVERSATION: _conversation,
    Step.ACTION: _action,
    Step.FOLLOW_UP: _follow_up,
}
