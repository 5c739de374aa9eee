"""What a dry run amounts to: by step, by tier, by person, by hour."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from recovery.cases.case import Urgency
from recovery.cases.steps import Step
from recovery.clock.alarms import REMINDERS, Level
from recovery.clock.receivers import Part
from recovery.clock.simulation import Message, Played, PlayedCase

STEPS = (Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION)  # what a play without a promise can reach
ASKED = frozenset({*REMINDERS, Level.IDLE})


@dataclass(frozen=True, slots=True)
class StepFigures:
    """Cases of one step: reminded of it, past its deadline, past it for so long that the sponsor hears.

    `again`: how many times that was repeated.
    """

    step: Step
    nudged: int
    breached: int
    executive: int
    again: int


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """One reader. `parts`: what they are to the cases they hear of. `asked_first`: cases that asked them first.

    `nudges` and `escalations` count cases and steps, `messages` what is delivered. `by_hour`: messages in each hour of
    the day, 0 to 23, on their own clock, which is that of `zone`. `busiest_day` is a day there, with its messages.
    """

    user: str
    parts: tuple[Part, ...]
    zone: str
    asked_first: int
    messages: int
    nudges: int
    escalations: int
    by_hour: tuple[int, ...]
    busiest_day: date | None
    on_that_day: int


@dataclass(frozen=True, slots=True)
class BusyHour:
    """The clock hour (aware UTC, at its start) in which most messages go out, and to how many people."""

    at: datetime
    messages: int
    people: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything in counts. `tiers`: a tier's key, or "" for the ladder's limits, to its cases."""

    answers: int
    detractors: int
    joined: int
    flagged: int
    critical: int
    released: int
    asked_the_channel: int
    first: datetime | None
    last: datetime | None
    tiers: dict[str, int]
    steps: tuple[StepFigures, ...]
    people: tuple[PersonFigures, ...]
    messages: int
    notices: int
    busiest: BusyHour | None


def figures_of(played: Played) -> Figures:
    """Count a dry run. People come with the most messages first."""
    cases, messages = played.cases, played.messages
    return Figures(
        answers=played.answers,
        detractors=played.detractors,
        joined=played.joined,
        flagged=len(cases),
        critical=sum(case.urgency is Urgency.CRITICAL for case in cases),
        released=sum(case.released for case in cases),
        asked_the_channel=sum(not case.asked for case in cases),
        first=played.first,
        last=played.last,
        tiers=dict(Counter(case.tier for case in cases).most_common()),
        steps=tuple(_of_step(step, cases) for step in STEPS),
        people=_people(cases, messages),
        messages=len(messages),
        notices=sum(len(message.notices) for message in messages),
        busiest=_busiest(messages),
    )


def _of_step(step: Step, cases: Sequence[PlayedCase]) -> StepFigures:
    return StepFigures(
        step,
        nudged=sum(case.spoken(step, *REMINDERS) for case in cases),
        breached=sum(case.raised(step, Level.BREACH) for case in cases),
        executive=sum(case.raised(step, Level.EXECUTIVE) for case in cases),
        again=sum(alarm.step is step and alarm.level is Level.AGAIN for case in cases for alarm in case.alarms),
    )


def _people(cases: Iterable[PlayedCase], messages: Iterable[Message]) -> tuple[PersonFigures, ...]:
    asked = Counter(case.asked for case in cases if case.asked)
    theirs: dict[str, list[Message]] = {user: [] for user in asked}
    for message in messages:
        theirs.setdefault(message.user, []).append(message)
    people = (_of_person(user, asked[user], heard) for user, heard in theirs.items())
    return tuple(sorted(people, key=lambda person: (-person.messages, -person.asked_first, person.user)))


def _of_person(user: str, asked_first: int, heard: Sequence[Message]) -> PersonFigures:
    notices = [notice for message in heard for notice in message.notices]
    hours = Counter(message.local.hour for message in heard)
    days = Counter(message.local.date() for message in heard)
    # Of two days that are equally full, the earlier one.
    busiest = max(sorted(days), key=lambda day: days[day], default=None)
    nudges = sum(notice.level in ASKED for notice in notices)
    return PersonFigures(
        user=user,
        parts=tuple(sorted({notice.role for notice in notices})),
        zone=notices[0].zone.key if notices else "",
        asked_first=asked_first,
        messages=len(heard),
        nudges=nudges,
        escalations=len(notices) - nudges,
        by_hour=tuple(hours[hour] for hour in range(24)),
        busiest_day=busiest,
        on_that_day=days[busiest] if busiest else 0,
    )


def _busiest(messages: Sequence[Message]) -> BusyHour | None:
    hours = Counter(message.at.replace(minute=0, second=0, microsecond=0) for message in messages)
    if not hours:
        return None
    at = max(sorted(hours), key=lambda hour: hours[hour])
    people = {message.user for message in messages if message.at.replace(minute=0, second=0, microsecond=0) == at}
    return BusyHour(at, hours[at], len(people))
