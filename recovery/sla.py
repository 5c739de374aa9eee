"""When each step of a case is due, and why (playbook, section 2: rule, start, calendar, result)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from recovery.calendar import add, elapsed
from recovery.case import Deadlines
from recovery.moments import MONTHS, long_day, words_of
from recovery.policy import Calendar, Clock, Limit, Policy, Programme


def deadlines(policy: Policy, programme: Programme, submitted_at: datetime, flagged_at: datetime) -> Deadlines:
    """Give the deadlines of a new case (aware UTC).

    The owner is due from the flag, so `flagged_at` is when the card is posted, or when the case is opened as
    long as it is not. Outreach, conversation and action are due from the customer's submission. Raises ValueError
    for naive times.
    """
    calendar, ladder = policy.calendar_of(programme), policy.ladder
    assign = due(calendar, flagged_at, ladder.assign)
    outreach, outreach_why = _from_submission("Outreach", calendar, submitted_at, ladder.outreach, flagged_at)
    conversation, conversation_why = _from_submission(
        "Conversation", calendar, submitted_at, ladder.conversation, flagged_at
    )
    action, action_why = _from_submission("Action", calendar, submitted_at, ladder.action, flagged_at)
    return Deadlines(
        assign=assign,
        outreach=outreach,
        assign_why=why("Owner", calendar, "the flag", flagged_at, ladder.assign, assign),
        outreach_why=outreach_why,
        conversation=conversation,
        action=action,
        conversation_why=conversation_why,
        action_why=action_why,
    )


@dataclass(frozen=True, slots=True)
class FollowUpDue:
    """When somebody asks whether the action held (aware UTC), and the sentence that explains it."""

    at: datetime
    why: str


def follow_up_due(calendar: Calendar, committed_at: datetime, action_due: date, limit: Limit) -> FollowUpDue:
    """Give the follow-up's deadline: 30 days (or the policy's limit) after the action was committed.

    An action whose date comes later than that is asked about when it is over: by the end of the working day after
    its date. `action_due` is a day in the calendar's zone. Raises ValueError for a naive time.
    """
    usual = due(calendar, committed_at, limit)
    after = end_of_day(calendar, working_day_after(calendar, action_due))
    if after <= usual:
        return FollowUpDue(usual, why("Follow-up", calendar, "the action was committed", committed_at, limit, usual))
    return FollowUpDue(
        after,
        f"Follow-up due {words_of(after, calendar)} ({calendar.zone}): the end of the working day after the action's "
        f"date, {long_day(action_due)}, because {limit.words} after it was committed is earlier.",
    )


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether any of the day's hours are worked."""
    return _work_of(calendar, day) > timedelta(0)


def working_day_after(calendar: Calendar, day: date) -> date:
    """Find the first working day after this one. Every calendar has one: some weekday has hours, days off end."""
    day += timedelta(days=1)
    while not is_working_day(calendar, day):
        day += timedelta(days=1)
    return day


def end_of_day(calendar: Calendar, day: date) -> datetime:
    """Give the moment (aware UTC) at which the work of a day ends; its midnight when it isn't worked."""
    return add(calendar, _midnight(calendar, day), _work_of(calendar, day))


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


def _from_submission(
    step: str, calendar: Calendar, submitted_at: datetime, limit: Limit, opened_at: datetime
) -> tuple[datetime, str]:
    result = due(calendar, submitted_at, limit)
    late = " It had passed when the case was opened." if result <= opened_at else ""
    return result, why(step, calendar, "the submission", submitted_at, limit, result) + late


def why(step: str, calendar: Calendar, clock_start: str, start: datetime, limit: Limit, result: datetime) -> str:
    """Explain a deadline: rule, start, calendar, result."""
    counted = (
        f'only the hours of the calendar "{calendar.key}" count'
        if limit.clock is Clock.BUSINESS
        else "every hour counts"
    )
    return (
        f"{step} due {words_of(result, calendar)} ({calendar.zone}): "
        f"{limit.words} after {clock_start} on {words_of(start, calendar)}; {counted}."
    )


def _work_of(calendar: Calendar, day: date) -> timedelta:
    return elapsed(calendar, _midnight(calendar, day), _midnight(calendar, day + timedelta(days=1)))


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(), calendar.zone_info).astimezone(UTC)
