"""What the values of the clock's tables may be: times of day, quiet hours, shares of a limit, steps to leave out."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from recovery.policy.values import (
    MINUTES_A_DAY,
    Clock,
    Limit,
    UnfitError,
    check_person,
    is_user_id,
    nearest_or_all,
    parse_limit,
    shown,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SKIPPABLE = ("conversation", "action", "follow_up")
ALWAYS_NEEDED = ("flag", "assign", "outreach")
MOST_NUDGES = 2

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_SPAN = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}:[0-9]{2})")
_WEEKLY = re.compile(r"([A-Za-z]+)\s+([0-9]{1,2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment of every week, in local time; Monday is 0."""

    weekday: int
    at: time


def check_wall(limit: Limit) -> Limit:
    """Give a limit on which every hour counts; working hours make no sense where it stands."""
    if limit.clock is Clock.BUSINESS:
        raise UnfitError(f'"{limit.words}" counts working hours; here every hour counts.')
    return limit


def minutes_of(text: str) -> int:
    """Read "08:30" as minutes since midnight; "24:00" is 1440. Raises UnfitError."""
    match = _TIME.fullmatch(text.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else 0
    if match is None or int(match[2]) > 59 or minutes > MINUTES_A_DAY:  # noqa: PLR2004 - minutes of an hour
        raise UnfitError(f"{shown(text)} is not a time of day; write it as 08:30.")
    return minutes


def quiet_span(text: str) -> tuple[int, int] | None:
    """Read "20:00-08:00" as minutes since midnight, start first; None for "". It may run over midnight."""
    if not text:
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UnfitError(f"{shown(text)} is not a time span.")
    start, end = minutes_of(match[1]) % MINUTES_A_DAY, minutes_of(match[2])
    if start == end % MINUTES_A_DAY:
        raise UnfitError(f"{shown(text)} leaves no minute of the day in which anything could be said.")
    return start, end


def check_quiet(value: str) -> str:
    """Give quiet hours as they are written, or "" for none."""
    text = value.strip()
    quiet_span(text)
    return text


def time_of_day(text: str) -> time | None:
    """Read "08:30"; None for ""."""
    if not text:
        return None
    minutes = minutes_of(text) % MINUTES_A_DAY
    return time(minutes // 60, minutes % 60)


def check_time(value: str) -> str:
    """Give a time of day as it is written, or "" for never."""
    text = value.strip()
    time_of_day(text)
    return text


def weekly(text: str) -> Weekly | None:
    """Read "mon 09:00"; None for ""."""
    if not text:
        return None
    match = _WEEKLY.fullmatch(text)
    at = time_of_day(match[2]) if match else None
    if match is None or at is None:
        raise UnfitError(f"{shown(text)} is not a time of the week.")
    day = match[1].lower()
    if day not in WEEKDAYS:
        raise UnfitError(f"{shown(match[1])} is not a weekday{nearest_or_all(day, WEEKDAYS)}")
    return Weekly(WEEKDAYS.index(day), at)


def check_weekly(value: str) -> str:
    """Give a weekday with a time as it is written, or "" for never."""
    text = value.strip()
    weekly(text)
    return text


def check_nudges(shares: tuple[int, ...]) -> tuple[int, ...]:
    """Give the shares of a limit (percent) at which the owner is reminded: at most two, the earlier one first."""
    if len(shares) > MOST_NUDGES:
        raise UnfitError(f"{len(shares)} reminders before a deadline are too many; two are the most.")
    for share in shares:
        if not 1 <= share <= 99:  # noqa: PLR2004 - percent, and neither the start nor the deadline itself
            raise UnfitError(f"{share} is not a share of the limit; it is a percentage from 1 to 99.")
    if any(earlier >= later for earlier, later in pairwise(shares)):
        raise UnfitError(f"{', '.join(map(str, shares))} is not in rising order; the earlier reminder stands first.")
    return shares


def check_skip(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Give the steps that aren't needed, in the ladder's order. Without an action there is nothing to follow up."""
    for step in steps:
        if step in ALWAYS_NEEDED:
            raise UnfitError(f'"{step}" can\'t be left out; every case is flagged, given to somebody and answered.')
        if step not in SKIPPABLE:
            raise UnfitError(f"{shown(step)} is no step that can be left out{nearest_or_all(step, SKIPPABLE)}")
    implied = {"follow_up"} if "action" in steps else set()
    return tuple(step for step in SKIPPABLE if step in implied.union(steps))


def check_address(value: str) -> str:
    """Give an e-mail address in lower case, or "" for none."""
    if not value.strip():
        return ""
    try:
        person = check_person(value)
    except UnfitError:
        person = ""
    if not person or is_user_id(person):
        raise UnfitError(f"{shown(value)} is not an e-mail address.")
    return person


WallLimit = Annotated[Limit, BeforeValidator(parse_limit), AfterValidator(check_wall)]
