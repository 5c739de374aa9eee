"""When each step of a case is due, and why (playbook, section 2: rule, start, calendar, result)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.cases.case import Case, Deadlines, Sla
from recovery.cases.rungs import is_needed
from recovery.cases.steps import Step
from recovery.clock.calendar import Span, add, elapsed
from recovery.clock.pauses import total, waiting
from recovery.clock.tiers import limit_of
from recovery.moments import MONTHS, amount_words, long_day, words_of
from recovery.policy.file import Calendar, Clock, Limit, Policy, Programme

WHOLE = 100  # percent
THE_FLAG = "the flag"
BACK = "the case came back to its channel"
BROKE = "the last one broke"
LATE = " It had passed when the case was opened."


@dataclass(frozen=True, slots=True)
class Calendars:
    """By whose hours a case's limits run: `owner` is the programme's calendar while the case has no owner.

    `zone`: where the owner lives, which says when they may be spoken to; None where only their calendar's is known.
    """

    programme: Calendar
    owner: Calendar
    zone: ZoneInfo | None = None


def deadlines(
    policy: Policy, programme: Programme, submitted_at: datetime, flagged_at: datetime, sla: Sla | None = None
) -> Deadlines:
    """Give the deadlines of a new case (aware UTC) with these limits, or those of the ladder.

    The owner is due from the flag, so `flagged_at` is when the card is posted, or when the case is opened as
    long as it is not. Outreach, conversation and action are due from the customer's submission. Raises ValueError
    for naive times.
    """
    calendar = policy.calendar_of(programme)
    clock = _Clock(policy, sla or Sla(), Calendars(calendar, calendar), submitted_at, flagged_at)
    return clock.deadlines(flagged_at, THE_FLAG)


def retimed(policy: Policy, programme: Programme, calendars: Calendars, case: Case) -> Case:
    """Give the case with its deadlines as its limits, its owner's hours and its pauses make them now.

    The owner is due from when the case last came back to its channel, else from the flag; the other steps from the
    submission, a new action from when the last one broke. Waiting on the customer doesn't count; a follow-up is asked
    about on its day, by the hours of the `programme`. What is done keeps the deadline that it was measured by.
    """
    progress = case.progress
    clock = _Clock(policy, case.sla, calendars, case.submitted_at, case.opened_at, _waiting(policy, case))
    found = clock.deadlines(assign_start(case), BACK if progress.freed_at else THE_FLAG)
    if progress.action_again_due is not None and progress.follow_up_at is not None:
        again, again_why = clock.due("New action", Step.ACTION, progress.follow_up_at, BROKE)
        progress = replace(progress, action_again_due=again, action_again_why=again_why)
    if progress.action is not None and progress.follow_up_due is not None:
        asked = follow_up_due(
            policy.calendar_of(programme),
            progress.action.committed_at,
            progress.action.due,
            limit_of(policy, case.sla, Step.FOLLOW_UP),
        )
        progress = replace(progress, follow_up_due=asked.at, follow_up_why=asked.why)
    return replace(case, deadlines=_kept(case, found), progress=progress)


def _kept(case: Case, found: Deadlines) -> Deadlines:
    """The deadlines as found, but those of steps that are done as they were."""
    before, progress = case.deadlines, case.progress
    if case.assigned_at is not None:
        found = replace(found, assign=before.assign, assign_why=before.assign_why)
    if progress.contacted_at is not None:
        found = replace(found, outreach=before.outreach, outreach_why=before.outreach_why)
    if progress.conversation_at is not None:
        found = replace(found, conversation=before.conversation, conversation_why=before.conversation_why)
    # One that broke was measured all the same; the next one has a deadline of its own.
    if progress.first_committed_at is not None:
        found = replace(found, action=before.action, action_why=before.action_why)
    return found


def moment(policy: Policy, calendars: Calendars, case: Case, step: Step, percent: int) -> datetime | None:
    """Give when `percent` of a step's limit is used up (aware UTC); 100 is its deadline. None where none runs.

    It is asked of the clock alone: steps that are done have their moments too. A follow-up has its day only. Raises
    ValueError for a share that is no percentage from 0 to 100.
    """
    if not 0 <= percent <= WHOLE:
        raise ValueError(f"{percent} is no share of a limit; it is a percentage from 0 to 100.")
    progress = case.progress
    if step is Step.FOLLOW_UP:
        return progress.follow_up_due if percent == WHOLE else None
    if step is Step.FLAG or not is_needed(case, step):
        return None
    clock = _Clock(policy, case.sla, calendars, case.submitted_at, case.opened_at, _waiting(policy, case))
    start = case.submitted_at
    if step is Step.ASSIGN:
        start = assign_start(case)
    elif step is Step.ACTION and progress.action_again_due is not None:
        start = progress.follow_up_at or start
    return clock.moment(step, start, percent)


def assign_start(case: Case) -> datetime:
    """Give from when somebody has to take the case: when it came back to its channel, was flagged, or opened."""
    return case.progress.freed_at or case.flagged_at or case.opened_at


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the limits of one case run by."""

    policy: Policy
    sla: Sla
    calendars: Calendars
    submitted_at: datetime
    opened_at: datetime
    waiting: tuple[Span, ...] = ()

    def deadlines(self, assign_start: datetime, assign_words: str) -> Deadlines:
        assign, assign_why = self.due("Owner", Step.ASSIGN, assign_start, assign_words)
        outreach, outreach_why = self._from_submission("Outreach", Step.OUTREACH)
        conversation, conversation_why = self._if_needed("Conversation", Step.CONVERSATION)
        action, action_why = self._if_needed("Action", Step.ACTION)
        return Deadlines(
            assign=assign,
            outreach=outreach,
            assign_why=assign_why,
            outreach_why=outreach_why,
            conversation=conversation,
            action=action,
            conversation_why=conversation_why,
            action_why=action_why,
        )

    def due(self, name: str, step: Step, start: datetime, start_words: str) -> tuple[datetime, str]:
        calendar, limit, spans = self._run_by(step)
        result = due(calendar, start, limit, spans)
        tier = self.policy.tiers.get(self.sla.tier)
        rule = f'{limit.words} (tier "{tier.name if tier else self.sla.tier}")' if self.sla.tier else limit.words
        sentence = why(name, calendar, start_words, start, replace(limit, words=rule), result)
        return result, sentence + _not_counted(spans, start, result)

    def moment(self, step: Step, start: datetime, percent: int) -> datetime:
        calendar, limit, spans = self._run_by(step)
        if percent == 0:
            return start
        return due(calendar, start, replace(limit, amount=limit.amount * percent / WHOLE), spans)

    def _run_by(self, step: Step) -> tuple[Calendar, Limit, tuple[Span, ...]]:
        limit = limit_of(self.policy, self.sla, step)
        if step is Step.ASSIGN:
            # Nobody waits on the customer while nobody has the case.
            return self.calendars.programme, limit, ()
        return self.calendars.owner, limit, self.waiting

    def _if_needed(self, name: str, step: Step) -> tuple[datetime | None, str]:
        return (None, "") if step in self.sla.skipped else self._from_submission(name, step)

    def _from_submission(self, name: str, step: Step) -> tuple[datetime, str]:
        result, sentence = self.due(name, step, self.submitted_at, "the submission")
        return result, sentence + (LATE if result <= self.opened_at else "")


def _waiting(policy: Policy, case: Case) -> tuple[Span, ...]:
    return waiting(case.progress.pauses, policy.pause.most)


def _not_counted(spans: Sequence[Span], start: datetime, result: datetime) -> str:
    stood = [(max(begins, start), ends) for begins, ends in spans if begins < result and ends > start]
    if not stood:
        return ""
    return f" The {amount_words(total(stood))} of waiting on the customer don't count."


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


def due(calendar: Calendar, start: datetime, limit: Limit, waiting: Sequence[Span] = ()) -> datetime:
    """Give the moment (aware UTC) at which a limit that runs from `start` is used up.

    `waiting` are spans, in order and apart, in which its clock stands still. Raises ValueError for a naive time.
    """
    if start.tzinfo is None:
        raise ValueError("A clock can't start at a time without a zone.")
    start, left = start.astimezone(UTC), limit.amount
    for begins, ends in waiting:
        if ends <= start:
            continue
        used = _counted(calendar, limit.clock, start, max(begins, start))
        if used >= left:
            break
        start, left = ends, left - used
    return add(calendar, start, left) if limit.clock is Clock.BUSINESS else start + left


def _counted(calendar: Calendar, clock: Clock, start: datetime, end: datetime) -> timedelta:
    return elapsed(calendar, start, end) if clock is Clock.BUSINESS else end - start


def day_words(day: date, today: date) -> str:
    """Write a day as people do: "2 Dec", with the year when it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


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
