"""What the clock will say about a case next while nobody does anything: played forward with the rules themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recovery.cases.case import Case
from recovery.clock.alarms import Alarm, Level, Raised, due_now, next_at
from recovery.clock.sla import Calendars
from recovery.policy.file import Policy

# Each ring raises at least one alarm, and a case has fewer of them than this.
_MOST_RINGS = 100


@dataclass(frozen=True, slots=True)
class Coming:
    """An alarm that the clock rings for at `at` (aware UTC); who may be told only later is not looked at here."""

    at: datetime
    alarm: Alarm


def upcoming(
    policy: Policy, calendars: Calendars, case: Case, raised: Sequence[Raised], at: datetime, most: int
) -> tuple[Coming, ...]:
    """List at most `most` alarms that will be said, the next one first; a release is the last, the case is new then."""
    seen, found = list(raised), list[Coming]()
    for _ in range(_MOST_RINGS):
        moment = next_at(policy, calendars, case, seen, at)
        if moment is None or len(found) == most:
            break
        at = max(moment, at)
        due = due_now(policy, calendars, case, seen, at)
        if due.release:
            # What the same ring says of the owner's time is taken back with the case.
            release = next(alarm for alarm in due.covered if alarm.level is Level.IDLE_RELEASE)
            return (*found, Coming(at, release))
        if due.speak:
            found.append(Coming(at, due.speak))
        seen += [Raised(alarm.step, alarm.level, alarm.occurrence, at) for alarm in due.raises]
    return tuple(found)
