"""The thread under a card: one line a step. The same sentences make the history."""

from collections.abc import Callable

from bot.views import blocks, kit, silence_notes, step_notes, words
from bot.views.blocks import Part
from bot.views.look import Look
from bot.views.phrases import first_name, told
from recovery.cases.case import Event, EventKind, Outcome, Urgency
from recovery.survey import Contact

QUOTE = 1000
Told = tuple[list[Part], str]


def note(event: Event, contact: Contact) -> Look | None:
    """The line of one event; None for what the card itself says (opened, flagged, routed for the first time)."""
    if event.kind in {EventKind.OPENED, EventKind.FLAGGED}:
        return None
    if event.kind is EventKind.ROUTED and not event.before:
        return None
    parts, text = sentence(event, contact)
    quote = kit.excerpt(quotation(event), QUOTE).text
    elements = [blocks.line(*parts)] + ([blocks.quote(quote)] if quote else [])
    spoken = kit.quoted(quotation(event), 60)
    return Look(f"{text} {spoken}".strip(), (blocks.rich("note", *elements),))


def sentence(event: Event, contact: Contact) -> Told:
    """What happened, as parts of rich text and as plain words.

    Expects in an event: claimed, assigned, released, routed: Slack ids in `before` and `after`; opened,
    joined: the score in `after`; score_changed: both scores; withdrawn: the outcome in `after`;
    facts_changed: the urgency in `before` and `after`, why in `note`, the names of the facts in `details`;
    verbatim_changed: the old comment in `before`, the new one in `after`; the reason in `note`; steps: their
    evidence in `details` (recovery.cases.evidence).
    """
    return _TELLERS[event.kind](event, first_name(contact))


def quotation(event: Event) -> str:
    """What was said with it: the customer's comment, or the reason or note of one of us."""
    if event.kind is EventKind.VERBATIM_CHANGED:
        return event.after
    # Here the reason is part of the sentence.
    return "" if event.kind in {EventKind.ROUTED, EventKind.FACTS_CHANGED} else step_notes.quotation(event)


def _opened(event: Event, contact: str) -> Told:
    return told(words.OPENED, {}, {"contact": contact, "score": event.after})


def _flagged(_event: Event, _contact: str) -> Told:
    return told(words.FLAGGED, {}, {})


def _routed(event: Event, _contact: str) -> Told:
    if event.after:
        return told(words.ROUTED, {"user": event.after}, {"why": event.note})
    return told(words.ROUTED_TO_CHANNEL, {}, {"why": event.note})


def _facts_changed(event: Event, _contact: str) -> Told:
    facts = [words.FACTS[name] for name in event.details.get("facts", "").split(",") if name in words.FACTS]
    listed = " and ".join(part for part in (", ".join(facts[:-1]), *facts[-1:]) if part)
    said = [words.FACTS_CHANGED.replace("{facts}", listed) if facts else words.CUSTOMER_CHANGED]
    if event.before != event.after:
        said.append(words.NOW_CRITICAL if event.after == Urgency.CRITICAL else words.NO_LONGER_CRITICAL)
    return told(" ".join(said), {}, {"why": event.note})


def _claimed(event: Event, _contact: str) -> Told:
    if event.before:
        return told(words.CLAIMED_FROM, {"who": event.actor, "before": event.before}, {})
    return told(words.CLAIMED, {"who": event.actor}, {})


def _assigned(event: Event, _contact: str) -> Told:
    users = {"who": event.actor, "before": event.before, "after": event.after}
    if event.actor == event.after:
        return told(words.TAKEN_OVER if event.before else words.TAKEN, users, {})
    return told(words.REASSIGNED if event.before else words.ASSIGNED, users, {})


def _released(event: Event, _contact: str) -> Told:
    if event.before in {"", event.actor}:
        return told(words.RELEASED, {"who": event.actor}, {})
    return told(words.RELEASED_OTHER, {"who": event.actor, "before": event.before}, {})


def _withdrawn(event: Event, _contact: str) -> Told:
    duplicate = event.after == Outcome.DUPLICATE.value
    return told(words.DUPLICATE if duplicate else words.WITHDRAWN, {"who": event.actor}, {})


def _joined(event: Event, contact: str) -> Told:
    return told(words.JOINED, {}, {"contact": contact, "score": event.after})


def _score_changed(event: Event, contact: str) -> Told:
    return told(words.SCORE_CHANGED, {}, {"contact": contact, "before": event.before, "after": event.after})


def _verbatim_changed(event: Event, contact: str) -> Told:
    template = words.COMMENT_ADDED if not kit.clean(event.before) else words.COMMENT_CHANGED
    if not kit.clean(event.after):
        template = words.COMMENT_REMOVED
    return told(template, {}, {"contact": contact})


_TELLERS: dict[EventKind, Callable[[Event, str], Told]] = {
    EventKind.OPENED: _opened,
    EventKind.FLAGGED: _flagged,
    EventKind.ROUTED: _routed,
    EventKind.FACTS_CHANGED: _facts_changed,
    EventKind.CLAIMED: _claimed,
    EventKind.ASSIGNED: _assigned,
    EventKind.RELEASED: _released,
    EventKind.WITHDRAWN: _withdrawn,
    EventKind.JOINED: _joined,
    EventKind.SCORE_CHANGED: _score_changed,
    EventKind.VERBATIM_CHANGED: _verbatim_changed,
    EventKind.OUTREACH_LOGGED: step_notes.logged,
    EventKind.CONVERSATION_LOGGED: step_notes.logged,
    EventKind.ACTION_COMMITTED: step_notes.logged,
    EventKind.FOLLOW_UP_LOGGED: step_notes.logged,
    EventKind.ACTION_DONE: step_notes.partner_said,
    EventKind.ACTION_SLIPPING: step_notes.partner_said,
    EventKind.CORRECTED: step_notes.corrected,
    EventKind.CLOSED: step_notes.closed,
    EventKind.REOPENED: step_notes.reopened,
    EventKind.MEASURED: step_notes.measured,
    EventKind.PAUSED: silence_notes.paused,
    EventKind.RESUMED: silence_notes.resumed,
    EventKind.SNOOZED: silence_notes.snoozed,
    EventKind.RETIMED: silence_notes.retimed,
}
