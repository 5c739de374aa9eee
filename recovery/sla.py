"""When each step of a case is due, and why (playbook, section 2: rule, start, calendar, result)."""

from datetime import UTC, date, datetime

from recovery.calendar import add
from recovery.case import Deadlines
from recovery.policy import Calendar, Clock, Limit, Policy, Programme

# English short names, whatever the locale of the machine is.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def deadlines(policy: Policy, programme: Programme, submitted_at: datetime, flagged_at: datetime) -> Deadlines:
    """Give the deadlines of a new case (aware UTC).

    The owner is due from the flag, so `flagged_at` is when the card is posted, or when the case is opened as
    long as it is not. Outreach is due from the customer's submission. Raises ValueError for naive times.
    """
    calendar = policy.calendar_of(programme)
    assign = due(calendar, flagged_at, policy.ladder.assign)
    outreach = due(calendar, submitted_at, policy.ladder.outreach)
    return Deadlines(
        assign=assign,
        outreach=outreach,
        assign_why=_why("Owner", calendar, "the flag", flagged_at, policy.ladder.assign, assign),
        outreach_why=_why("Outreach", calendar, "the submission", submitted_at, policy.ladder.outreach, outreach)
        + (" It had passed when the case was opened." if outreach <= flagged_at else ""),
    )


def due(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """Give the moment (aware UTC) at which a limit that runs from `start` is used up."""
    if limit.clock is Clock.BUSINESS:
        return add(calendar, start, limit.amount)
    if start.tzinfo is None:
        raise ValueError("A clock can't start at a time without a zone.")
    return start.astimezone(UTC) + limit.amount


def day_words(day: date, today: date) -> str:
    """Write a day as people do: "2 Dec", with the year when it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def _why(step: str, calendar: Calendar, clock_start: str, start: datetime, limit: Limit, result: datetime) -> str:
    counted = (
        f'only the hours of the calendar "{calendar.key}" count'
        if limit.clock is Clock.BUSINESS
        else "every hour counts"
    )
    return (
        f"{step} due {_moment(result, calendar)} ({calendar.zone}): "
        f"{limit.words} after {clock_start} on {_moment(start, calendar)}; {counted}."
    )


def _moment(at: datetime, calendar: Calendar) -> str:
    local = at.astimezone(calendar.zone_info)
    return (
        f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year} {local.hour:02}:{local.minute:02}"
    )
