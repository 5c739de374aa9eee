"""What has to be said about a case, and when: nudges, breaches, escalations (playbook, sections 2 and 5).

An alarm is raised once. At one ring of the case's timer everything that is due is raised, and only the most severe of
it is said; so after an outage of any length a case speaks once. Who hears it: recovery.clock.receivers; when:
recovery.clock.quiet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from recovery.cases.case import Case, State, Urgency
from recovery.cases.rungs import Rung, RungState, ladder_view
from recovery.cases.steps import Step
from recovery.clock.calendar import Span
from recovery.clock.pauses import waiting
from recovery.clock.quiet import speak_at
from recovery.clock.sla import Calendars, moment
from recovery.policy.file import Policy

WORTH_ASKING = timedelta(hours=2)  # an owner with less time left than this is not asked: the nudges do
TIME_TO_ANSWER = timedelta(hours=1)  # from when the owner could read the question to the release
AGAIN_BASE = 10  # most_repeats is at most 9
FOLLOW_UP_BASE = 100  # one action slips fewer times than that before somebody stops it
ANEW = 100_000  # what each move of a deadline past the last word adds; every other count stays below
NO_TIME = timedelta(0)


class Level(StrEnum):
    """What an alarm says, least severe first.

    NUDGE and URGE: a share of the limit is used up. IDLE: the owner is asked whether they are on it. IDLE_RELEASE:
    the case goes back; the release speaks, the alarm doesn't. BREACH: the deadline has passed. EXECUTIVE: and nothing
    came of that. AGAIN: nor of that.
    """

    NUDGE = "nudge"
    URGE = "urge"
    IDLE = "idle"
    IDLE_RELEASE = "idle_release"
    BREACH = "breach"
    EXECUTIVE = "executive"
    AGAIN = "again"

    @property
    def severity(self) -> int:
        """The place in the order of severity, from 0."""
        return _SEVERITY[self]


_SEVERITY: Mapping[Level, int] = {level: place for place, level in enumerate(Level)}
_STEPS: Mapping[Step, int] = {step: place for place, step in enumerate(Step)}
REMINDERS = frozenset({Level.NUDGE, Level.URGE})
LATE = frozenset({Level.BREACH, Level.EXECUTIVE, Level.AGAIN})
OF_AN_IDLE_OWNER = frozenset({Level.IDLE, Level.IDLE_RELEASE})

Key = tuple[Step, Level, int]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to say about a step, due at an aware UTC moment.

    With the case, (step, level, occurrence) is unique for ever. `occurrence` counts what makes a step begin anew: the
    hands that the case was in, the actions that broke, the dates that moved, the repeats. For what is late it counts
    also how often the deadline moved past what had been said of it, in steps of ANEW.
    """

    step: Step
    level: Level
    occurrence: int
    due_at: datetime

    @property
    def key(self) -> Key:
        return self.step, self.level, self.occurrence


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that was raised, said or not. Times are aware UTC; `acknowledged_by` is a Slack user id or ""."""

    step: Step
    level: Level
    occurrence: int
    raised_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""

    @property
    def key(self) -> Key:
        return self.step, self.level, self.occurrence


@dataclass(frozen=True, slots=True)
class Due:
    """What one ring does: `speak` is said, `covered` is raised in silence, `release` gives the case back."""

    speak: Alarm | None
    covered: tuple[Alarm, ...]
    release: bool

    @property
    def raises(self) -> tuple[Alarm, ...]:
        """All that is raised, what is said in front."""
        return ((self.speak,) if self.speak else ()) + self.covered


NOTHING = Due(None, (), release=False)


def alarms(policy: Policy, calendars: Calendars, case: Case, raised: Sequence[Raised]) -> tuple[Alarm, ...]:
    """List the alarms that are not raised yet, as far as their moments are known, the next one first.

    The moment of a repeat or a release follows from when the one before it was raised, so it isn't listed earlier.
    """
    return _alarms(policy, calendars, case, raised, _waiting(policy, case))


def due_now(policy: Policy, calendars: Calendars, case: Case, raised: Sequence[Raised], at: datetime) -> Due:
    """Decide what a ring at `at` raises, and what of it is said: the most severe, of equals the earliest step.

    Nothing while the case is snoozed, waits on the customer, or is closed. A reminder is never said while its own
    step or an earlier one is overdue.
    """
    spans = _waiting(policy, case)
    if _silent_until(case, spans, at) > at:
        return NOTHING
    due = [alarm for alarm in _alarms(policy, calendars, case, raised, spans) if alarm.due_at <= at]
    late = min((_STEPS[rung.step] for rung in _undone(case) if rung.due_at and rung.due_at <= at), default=len(_STEPS))
    fitting = [alarm for alarm in due if alarm.level not in REMINDERS or _STEPS[alarm.step] < late]
    first = max(fitting, key=lambda alarm: (alarm.level.severity, -_STEPS[alarm.step]), default=None)
    speak = None if first is None or first.level is Level.IDLE_RELEASE else first
    return Due(
        speak,
        tuple(alarm for alarm in due if alarm is not speak),
        release=any(alarm.level is Level.IDLE_RELEASE for alarm in due),
    )


def next_at(
    policy: Policy, calendars: Calendars, case: Case, raised: Sequence[Raised], at: datetime
) -> datetime | None:
    """Give the moment (aware UTC) for which the case's timer is set; None when there is nothing to say any more.

    It is after `at` once everything that `due_now` gave at `at` is among `raised`. Something that became due and isn't
    raised yet gives its own moment, which has passed then: the timer rings at once, and nothing is lost.
    """
    spans = _waiting(policy, case)
    found = _alarms(policy, calendars, case, raised, spans)
    if not found:
        return None
    until = _silent_until(case, spans, at)
    return max(found[0].due_at, until) if until > at else found[0].due_at


def occurrence(case: Case, step: Step) -> int:
    """Give which time it is that this step is due."""
    progress = case.progress
    match step:
        case Step.ASSIGN:
            return progress.hands + progress.reopened
        case Step.ACTION:
            return progress.breaks
        case Step.FOLLOW_UP:
            return progress.commitments * FOLLOW_UP_BASE + progress.slips
        case _:
            return 0


def is_current(case: Case, raised: Raised) -> bool:
    """Whether an alarm is about its step as it is due now: this stay, this promise, and for what is late this deadline.

    Whether the step is still to be done is another question (recovery.cases.rungs).
    """
    if raised.level in OF_AN_IDLE_OWNER:
        return raised.occurrence == case.progress.hands
    if _counted_of(raised)[1] != occurrence(case, raised.step):
        return False
    if raised.level not in LATE:
        return True
    due_at = next(rung.due_at for rung in ladder_view(case, case.submitted_at) if rung.step is raised.step)
    return due_at is not None and raised.raised_at >= due_at


def _waiting(policy: Policy, case: Case) -> tuple[Span, ...]:
    return waiting(case.progress.pauses, policy.pause.most) if case.progress.pauses else ()


def _alarms(
    policy: Policy, calendars: Calendars, case: Case, raised: Sequence[Raised], spans: Sequence[Span]
) -> tuple[Alarm, ...]:
    seen = {each.key: each for each in raised}
    found = [
        alarm
        for rung in _undone(case)
        for alarm in _of_step(policy, calendars, case, rung, seen, spans)
        if alarm.key not in seen
    ]
    if spans or case.progress.snoozed_until:
        found = [replace(alarm, due_at=_silent_until(case, spans, alarm.due_at)) for alarm in found]
    return tuple(sorted(found, key=lambda alarm: (alarm.due_at, alarm.level.severity, _STEPS[alarm.step])))


def _undone(case: Case) -> tuple[Rung, ...]:
    """The steps that somebody still has to take. The flag is the bot's own and has no deadline here."""
    if case.state is State.CLOSED:
        return ()
    # What is due doesn't depend on the time of looking.
    return tuple(
        rung
        for rung in ladder_view(case, case.submitted_at)
        if rung.due_at and rung.state in {RungState.DUE, RungState.OVERDUE}
    )


def _silent_until(case: Case, spans: Sequence[Span], at: datetime) -> datetime:
    """The end of the silence that `at` lies in: a snooze, a pause, one after the other; else `at` itself."""
    at = max(at, case.progress.snoozed_until or at)
    for start, end in spans:
        if start <= at < end:
            at = end
    return at


def _of_step(
    policy: Policy,
    calendars: Calendars,
    case: Case,
    rung: Rung,
    seen: Mapping[Key, Raised],
    spans: Sequence[Span],
) -> Iterator[Alarm]:
    deadline, step, this = rung.due_at, rung.step, occurrence(case, rung.step)
    if deadline is None:
        return
    for level, percent in zip((Level.NUDGE, Level.URGE), policy.escalation.nudge_at, strict=False):
        known = (step, level, this) in seen
        # A follow-up has no share of its limit: a prompt of its own asks on the day.
        at = None if known else moment(policy, calendars, case, step, percent)
        if at is not None:
            yield Alarm(step, level, this, min(at, deadline))
    if step is Step.OUTREACH:
        yield from _idle(policy, calendars, case, deadline, seen, spans)
    late = _late(step, this, deadline, seen)
    yield Alarm(step, Level.BREACH, late, deadline)
    # Nobody could act before there was a case: one that came late, by an import, goes to its people first.
    known_at = max(deadline, case.flagged_at or case.opened_at)
    begins = _anew(case, known_at, seen.get((step, Level.BREACH, late)))
    yield Alarm(step, Level.EXECUTIVE, late, begins + policy.escalation.executive_after.amount)
    yield from _repeats(policy, case, step, late, seen)


def _late(step: Step, this: int, deadline: datetime, seen: Mapping[Key, Raised]) -> int:
    """The occurrence of what is late: another one if the deadline has moved past the last word about it.

    What was said of a deadline that people don't see any more is neither repeated nor taken for said of this one.
    """
    said = [(*_counted_of(each), each.raised_at) for each in seen.values() if each.step is step and each.level in LATE]
    moved, last = max(((moved, at) for moved, which, at in said if which == this), default=(0, deadline))
    return this + ANEW * (moved if last >= deadline else moved + 1)


def _counted_of(raised: Raised) -> tuple[int, int]:
    """How often the deadline had moved, and which time the step was due, when this was raised."""
    number = raised.occurrence // AGAIN_BASE if raised.level is Level.AGAIN else raised.occurrence
    return divmod(number, ANEW)


def _repeats(policy: Policy, case: Case, step: Step, this: int, seen: Mapping[Key, Raised]) -> Iterator[Alarm]:
    """From when the one before was raised, not from when it was due: an outage doesn't climb through them."""
    before = seen.get((step, Level.EXECUTIVE, this))
    for repeat in range(1, policy.escalation.most_repeats + 1):
        if before is None:
            return
        number = this * AGAIN_BASE + repeat
        since = _anew(case, before.raised_at, before)
        yield Alarm(step, Level.AGAIN, number, since + policy.escalation.repeat_every.amount)
        before = seen.get((step, Level.AGAIN, number))


def _idle(
    policy: Policy,
    calendars: Calendars,
    case: Case,
    deadline: datetime,
    seen: Mapping[Key, Raised],
    spans: Sequence[Span],
) -> Iterator[Alarm]:
    """Somebody took the case and nobody has tried to reach the customer: they are asked, then it goes back."""
    rules, progress = policy.escalation, case.progress
    since = progress.held_since or case.assigned_at
    if not case.owner or since is None or progress.attempts or not rules.idle_ask_at:
        return
    left = max(deadline - since, NO_TIME) - _overlap(spans, since, deadline)
    if left < WORTH_ASKING:
        return
    asked = seen.get((Step.OUTREACH, Level.IDLE, progress.hands))
    yield Alarm(Step.OUTREACH, Level.IDLE, progress.hands, _counted(since, left * rules.idle_ask_at / 100, spans))
    if asked is None or asked.acknowledged_at or not _was_said(asked, seen):
        return
    read_at = speak_at(
        policy.quiet,
        calendars.owner,
        calendars.zone or calendars.owner.zone_info,
        asked.raised_at,
        critical=case.urgency is Urgency.CRITICAL,
    )
    at = max(_counted(since, left * rules.idle_release_at / 100, spans), read_at + TIME_TO_ANSWER)
    yield Alarm(Step.OUTREACH, Level.IDLE_RELEASE, progress.hands, at)


def _was_said(asked: Raised, seen: Mapping[Key, Raised]) -> bool:
    """Whether the question was the most severe of its ring; an owner who was never asked isn't released for silence."""
    return not any(
        other.raised_at == asked.raised_at and other.level.severity > asked.level.severity for other in seen.values()
    )


def _anew(case: Case, since: datetime, raised: Raised | None) -> datetime:
    """Who takes a late case over, or says that they are on it, has the whole time again; an answer counts once."""
    answered = raised.acknowledged_at if raised else None
    return max(since, answered or since, case.progress.held_since or since)


def _overlap(spans: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    return sum((max(min(closes, end) - max(opens, start), NO_TIME) for opens, closes in spans), NO_TIME)


def _counted(start: datetime, amount: timedelta, spans: Sequence[Span]) -> datetime:
    """When `amount` of time that isn't waiting has passed since `start`. The spans are in order and apart."""
    at = start + amount
    for opens, closes in spans:
        if closes > start and opens < at:
            at += closes - max(opens, start)
    return at
