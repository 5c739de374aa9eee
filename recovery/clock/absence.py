"""Who is away, from when to when, and for whom a case is held meanwhile (playbook, section 4).

A deactivated or absent owner never keeps a case: it is handed on when the absence begins and back when it ends.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recovery.cases.case import CHANGES_HANDS, Event, EventKind
from recovery.clock.sla import day_words
from recovery.errors import Refusal

MOST_DAYS = 180
MOST_AHEAD = 366
# In the details of a hand-over by winback: for whom the case is looked after, and to whom it went back.
AWAY_FOR, BACK_TO = "away_for", "back_to"
DECIDES_WHOSE = CHANGES_HANDS | {EventKind.WITHDRAWN}

_DAY = r"(\d{4}-\d{2}-\d{2})"
# Slack's clients make one character of three dots, and of two hyphens.
_RANGE = re.compile(rf"{_DAY}(?:\s*(?:\.{{2,3}}|…|[\u2013\u2014]|to|until)\s*{_DAY})?", re.ASCII | re.IGNORECASE)
_LONGEST_SHOWN = 40
_EXAMPLE = "For example: “/nps away 2026-12-24..2027-01-02”."


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included, as days in the person's own zone."""

    first: date
    last: date

    def include(self, day: date) -> bool:
        return self.first <= day <= self.last


def parse_days(text: str, today: date, began: date | None = None) -> Days:
    """Read `2026-12-24..2027-01-02`, or one day. Raises Refusal with a sentence for anything else.

    `today` is the person's. `began` is the first day of the absence they are in, which may be given again to make
    it longer or shorter.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise Refusal(f"{_said(text)} is no day and no range of days. {_EXAMPLE}")
    first = _day(found[1])
    last = _day(found[2]) if found[2] else first
    if last < first:
        raise Refusal(
            f"{last.isoformat()} comes before {first.isoformat()}. Did you mean "
            f"“/nps away {last.isoformat()}..{first.isoformat()}”?"
        )
    if last < today:
        raise Refusal(f"{last.isoformat()} is over; today is {today.isoformat()}. Give days that are still to come.")
    if first < today and first != began:
        raise Refusal(f"{first.isoformat()} is over. Begin today: “/nps away {today.isoformat()}..{last.isoformat()}”.")
    if first > today + timedelta(days=MOST_AHEAD):
        raise Refusal(f"{first.isoformat()} is more than a year away. Check the year.")
    length = (last - first).days + 1
    if length > MOST_DAYS:
        raise Refusal(
            f"That is {length:,} days; {MOST_DAYS} are the most. Who is away longer gives their cases to somebody for "
            "good: a lead can reassign them."
        )
    return Days(first, last)


def while_away(name: str, last: date, today: date) -> str:
    """The note of a case that is handed on: "While Priya is away until 2 Jan"."""
    return f"While {name} is away until {day_words(last, today)}."


def back_again(name: str) -> str:
    """The note of a case that comes back: "Priya is back"."""
    return f"{name} is back."


def held_for(history: Sequence[Event]) -> tuple[str, ...]:
    """For whom the case is looked after now, who went away first in front. `history` is complete, oldest first.

    What somebody decides meanwhile (a claim, an assignment, a release) stands: the case is theirs, and nobody's who
    is away. A case that goes back to one person is no longer held for those who went away after them.
    """
    waiting: list[str] = []
    for event in history:
        if event.kind not in DECIDES_WHOSE:
            continue
        away, back = event.details.get(AWAY_FOR, ""), event.details.get(BACK_TO, "")
        if away:
            waiting.append(away)
        elif back in waiting:
            waiting = waiting[: waiting.index(back)]
        else:
            waiting = []
    return tuple(waiting)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} is no day of the calendar. {_EXAMPLE}") from None


def _said(text: str) -> str:
    shown = " ".join(text.split())
    if not shown:
        return "Nothing"
    return f"“{shown[:_LONGEST_SHOWN]}{'…' if len(shown) > _LONGEST_SHOWN else ''}”"
