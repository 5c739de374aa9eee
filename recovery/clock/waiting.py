"""When a case waits: on the customer (pause, resume), or because somebody wants no word of it now (snooze).

Playbook, section 2, Pause: with a reason and an end; waiting doesn't count, is capped, and can't hide a breach.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recovery.cases.case import Case, Change, Event, EventKind, refuse_closed
from recovery.cases.folding import after_event
from recovery.cases.steps import SHORT, plain_text
from recovery.clock.pauses import pause_at, total, waiting
from recovery.errors import FieldRefusal, Refusal
from recovery.moments import amount_words
from recovery.policy.clock import PauseRules


def pause(case: Case, until: datetime, reason: str, by: str, at: datetime, rules: PauseRules) -> Change:
    """The case waits on the customer from now on; one that waits already gets another end and reason.

    Raises FieldRefusal at `until` or `reason`, Refusal for a case that is closed or has no owner.
    """
    refuse_closed(case)
    if not case.owner:
        raise Refusal("Nobody owns this case, so nobody waits on the customer. Claim it first.")
    until = _ahead(until, at)
    began = current.start if (current := pause_at(case, at)) else at
    if until - began > rules.longest.amount:
        raise FieldRefusal("until", f"One pause lasts {rules.longest.words} at most. Choose an earlier end.")
    before = [each for each in case.progress.pauses if each is not current]
    left = rules.most - total(waiting(before, rules.most))
    if until - began > left:
        raise FieldRefusal("until", _too_much(left, rules))
    return _changed(case, EventKind.PAUSED, by, at, until, reason, "what you are waiting for")


def resume(case: Case, by: str, at: datetime) -> Change:
    """The customer is back, or nobody waits for them any longer: the clock runs on."""
    refuse_closed(case)
    current = pause_at(case, at)
    if current is None:
        raise Refusal("This case isn't paused.")
    event = Event(EventKind.RESUMED, by, at, before=current.until.isoformat())
    return Change(replace(case, progress=after_event(case.progress, event)), event)


def snooze(case: Case, until: datetime, reason: str, by: str, at: datetime, rules: PauseRules) -> Change:
    """Nothing is said about the case before `until`; its deadlines stay. Another snooze is replaced.

    Raises FieldRefusal at `until` or `reason`, Refusal for a closed case.
    """
    refuse_closed(case)
    until = _ahead(until, at)
    if until - at > rules.snooze_longest.amount:
        raise FieldRefusal("until", f"A snooze lasts {rules.snooze_longest.words} at most. Choose an earlier end.")
    return _changed(case, EventKind.SNOOZED, by, at, until, reason, "why this can wait")


def _ahead(until: datetime, at: datetime) -> datetime:
    if until.tzinfo is None:
        raise ValueError("A time without a zone can't be an end.")
    if until <= at:
        raise FieldRefusal("until", "This time has passed. Choose one that is still to come.")
    return until.astimezone(UTC)


def _too_much(left: timedelta, rules: PauseRules) -> str:
    most = f"All pauses of a case together last {rules.most_days} day{'' if rules.most_days == 1 else 's'} at most"
    if left < timedelta(minutes=1):
        return f"{most}, and this case has had them. Log what happened, or close the case."
    return f"{most}; this case has {amount_words(left)} left. Choose an earlier end."


def _changed(case: Case, kind: EventKind, by: str, at: datetime, until: datetime, reason: str, what: str) -> Change:
    event = Event(kind, by, at, after=until.isoformat(), note=plain_text("reason", reason, SHORT, what))
    return Change(replace(case, progress=after_event(case.progress, event)), event)
