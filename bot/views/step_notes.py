"""The lines of the thread about the steps: who did what, in one sentence."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.views import step_words
from bot.views.blocks import Part
from bot.views.phrases import told
from recovery.cases.case import Event, EventKind
from recovery.cases.evidence import YES
from recovery.cases.folding import STRUCK
from recovery.cases.steps import OutreachResult, Step
from recovery.moments import long_day

Told = tuple[list[Part], str]
_LATER = timedelta(hours=1)  # logged so long after it happened, a step says when it was
_STEPS = {
    EventKind.OUTREACH_LOGGED: Step.OUTREACH,
    EventKind.CONVERSATION_LOGGED: Step.CONVERSATION,
    EventKind.ACTION_COMMITTED: Step.ACTION,
    EventKind.FOLLOW_UP_LOGGED: Step.FOLLOW_UP,
}
# What of a step is somebody's own words, and stands under its line as a quote.
_QUOTED = {
    Step.OUTREACH: "note",
    Step.CONVERSATION: "sentence",
    Step.ACTION: "deliverable",
    Step.FOLLOW_UP: "evidence",
}


def logged(event: Event, contact: str) -> Told:
    """An outreach, a conversation, an action or a follow-up."""
    step = _STEPS[event.kind]
    template = step_words.DONE_SO.replace("{did}", _did(step, event.details)) + _asides(event)
    return _told(template, event, contact)


def corrected(event: Event, contact: str) -> Told:
    """What the entry reads now, or that it was taken out."""
    step = _step_of(event.details)
    if STRUCK in event.details:
        what = step_words.ENTRY_NAMES[step.value] if step else step_words.AN_ENTRY
        return _told(step_words.STRUCK_ENTRY.replace("{what}", what), event, contact)
    if step is None:
        return _told(step_words.CORRECTED_SOMEHOW, event, contact)
    template = step_words.CORRECTED_ENTRY.replace("{did}", _did(step, event.details)) + _asides(event)
    return _told(template + (step_words.WHY_CORRECTED if event.note.strip() else ""), event, contact)


def partner_said(event: Event, contact: str) -> Told:
    done = event.kind is EventKind.ACTION_DONE
    return _told(step_words.ACTION_DONE if done else step_words.ACTION_SLIPPING, event, contact)


def closed(event: Event, contact: str) -> Told:
    return _told(step_words.CLOSED_AS.get(event.after, step_words.CLOSED_SOMEHOW), event, contact)


def reopened(event: Event, contact: str) -> Told:
    return _told(step_words.REOPENED, event, contact)


def measured(event: Event, contact: str) -> Told:
    known = event.details.get("score") and event.before
    template = step_words.MEASURED.get(event.after) if known else None
    return _told(template or step_words.MEASURED_SOMEHOW, event, contact)


def quotation(event: Event) -> str:
    """What somebody said with a step: the customer's sentence, the promise, the evidence; with a correction the new."""
    if event.kind is not EventKind.CORRECTED or STRUCK in event.details:
        return event.note
    step = _step_of(event.details)
    return event.details.get(_QUOTED[step], "") if step else event.note


def _did(step: Step, details: Mapping[str, str]) -> str:
    """What was done, as a template: "reached {contact} ({channel})"."""
    result = details.get("result", "")
    match step:
        case Step.OUTREACH:
            if result == OutreachResult.MEETING_BOOKED and _moment(details.get("meeting_at", "")) is None:
                return step_words.BOOKED_NO_TIME
            return step_words.REACHED.get(result, step_words.TRIED_TO_REACH)
        case Step.CONVERSATION:
            return step_words.SPOKE if details.get("root_cause") else step_words.SPOKE_SOMEHOW
        case Step.ACTION:
            return step_words.COMMITTED.get(details.get("kind", ""), step_words.COMMITTED_SOMETHING)
        case _:
            return step_words.FOLLOWED_UP.get(result, step_words.FOLLOWED_UP_SOMEHOW)


def _asides(event: Event) -> str:
    details, found = event.details, ""
    happened_at = _moment(details.get("happened_at", ""))
    if happened_at and event.at - happened_at >= _LATER:
        found += step_words.ON
    if _challenged(details):
        found += step_words.KEPT_WORDING
    if details.get("resurvey") == YES:
        found += step_words.ASK_AGAIN
    return found


def _told(template: str, event: Event, contact: str) -> Told:
    details = event.details
    users = {
        "who": event.actor,
        "person": details.get("person", ""),
        "partner": details.get("partner", ""),
    }
    texts = {
        "contact": contact,
        "channel": step_words.CHANNELS.get(details.get("channel", ""), "").lower(),
        "with_whom": details.get("with_whom", "") or contact,
        "cause": details.get("root_cause", ""),
        "due": _day(details.get("due", "")),
        "new_due": _day(details.get("new_due", "")),
        "words": ", ".join(f"“{each}”" for each in _challenged(details)),
        "reason": event.note,
        "before": event.before,
        "score": details.get("score", ""),
    }
    times = {
        name: at
        for name, at in {
            "at": _moment(details.get("happened_at", "")),
            "meeting": _moment(details.get("meeting_at", "")),
        }.items()
        if at
    }
    return told(template, users, texts, times)


def _step_of(details: Mapping[str, str]) -> Step | None:
    step = details.get("step", "")
    return Step(step) if step in {each.value for each in _QUOTED} else None


def _challenged(details: Mapping[str, str]) -> list[str]:
    try:
        found = json.loads(details.get("challenged", "[]"))
    except ValueError:
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _day(text: str) -> str:
    try:
        return long_day(date.fromisoformat(text))
    except ValueError:
        return text
