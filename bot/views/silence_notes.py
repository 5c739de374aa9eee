"""The lines of the thread about a case that waits, goes on, or is due at other times since the policy changed."""

from datetime import datetime

from bot.views import alert_words
from bot.views.blocks import Part
from bot.views.phrases import told
from recovery.cases.case import Event

Told = tuple[list[Part], str]
WINBACK = "winback"


def paused(event: Event, _contact: str) -> Told:
    """The end stands in `after` (ISO, aware), the reason in `note`."""
    return _until(alert_words.PAUSED, alert_words.PAUSED_SOMEHOW, event)


def resumed(event: Event, _contact: str) -> Told:
    """By a person, or by winback when the end came."""
    template = alert_words.RESUMED_BY_ITSELF if event.actor == WINBACK else alert_words.RESUMED
    return told(template, {"who": event.actor}, {})


def snoozed(event: Event, _contact: str) -> Told:
    return _until(alert_words.SNOOZED_LINE, alert_words.SNOOZED_SOMEHOW, event)


def retimed(event: Event, _contact: str) -> Told:
    """What was due when stands in `before` and `after`, in words."""
    known = bool(event.before and event.after)
    template = alert_words.RETIMED if known else alert_words.RETIMED_SOMEHOW
    return told(template, {"who": event.actor}, {"before": event.before, "after": event.after})


def _until(template: str, without: str, event: Event) -> Told:
    until = _moment(event.after)
    if until is None:
        return told(without, {"who": event.actor}, {})
    return told(template, {"who": event.actor}, {}, {"until": until})


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
