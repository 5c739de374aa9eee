"""The tables of the policy file that drive the clock: tiers, escalation, quiet hours, pauses, digests, mail."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field

from recovery.policy.base import KeyedTable, Table
from recovery.policy.clock_values import (
    WallLimit,
    Weekly,
    check_address,
    check_nudges,
    check_quiet,
    check_skip,
    check_time,
    check_weekly,
    quiet_span,
    time_of_day,
    weekly,
)
from recovery.policy.values import (
    Filled,
    Flag,
    Key,
    Limit,
    LimitText,
    Money,
    Person,
    UnfitError,
    Whole,
    check_person,
    parse_limit,
    shown,
)


class PersonRules(KeyedTable):
    """What is special about one person; `key` is how the file writes them. None: nothing of their own."""

    calendar: Key | None = Field(default=None, examples=["bangalore"])
    backup: Person | None = Field(default=None, examples=["jen@acme.example"])


def keyed_people(tables: Mapping[str, PersonRules]) -> Mapping[str, PersonRules]:
    """Map each person (e-mail in lower case, or user id) to their rules; nobody may stand there twice."""
    people: dict[str, PersonRules] = {}
    for written, rules in tables.items():
        person = check_person(written)
        if person in people:
            raise UnfitError(f"{shown(people[person].key)} and {shown(written)} are one person; keep one table.")
        people[person] = rules.keyed(written)
    return people


def check_person_key(value: str) -> str:
    """Refuse what names nobody, and leave the rest as it is written: the line is found by it."""
    try:
        check_person(value)
    except UnfitError as error:
        raise UnfitError(f'{error} For example: [people."priya@acme.example"]') from None
    return value


class TierUrgency(StrEnum):
    """The urgencies a tier can ask for; the same words as recovery.cases.case.Urgency."""

    CRITICAL = "critical"
    NORMAL = "normal"


class Tier(KeyedTable):
    """Limits for some of the cases: those that fit every key given here (playbook, section 2).

    `programmes` and `segments` are keys, `plans` are compared whatever their case, `acv_from` <= ACV < `acv_below`.
    An empty list or None asks nothing; what is asked is not met by an account about which it isn't known.
    """

    name: Filled = Field(examples=["Executive"])
    programmes: tuple[Key, ...] = Field(default=(), examples=[["relational"]])
    segments: tuple[Key, ...] = Field(default=(), examples=[["enterprise"]])
    plans: tuple[Filled, ...] = Field(default=(), examples=[["Scale"]])
    acv_from: Money | None = Field(default=None, examples=[50000])
    acv_below: Money | None = Field(default=None, examples=[500000])
    urgency: TierUrgency | None = Field(default=None, examples=["critical"])
    assign: LimitText | None = Field(default=None, examples=["4h"])
    outreach: LimitText | None = Field(default=None, examples=["24h"])
    conversation: LimitText | None = Field(default=None, examples=["5d"])
    action: LimitText | None = Field(default=None, examples=["10d"])
    follow_up: LimitText | None = Field(default=None, examples=["30d"])
    skip: Annotated[tuple[str, ...], AfterValidator(check_skip)] = Field(
        default=(), examples=[["conversation", "action", "follow_up"]]
    )

    def limit(self, step: str) -> Limit | None:
        """Give the tier's own limit of a step ("outreach", or Step.OUTREACH); None when the ladder's counts."""
        return self._limits.get(str(step))

    @cached_property
    def _limits(self) -> Mapping[str, Limit | None]:
        return {
            "assign": self.assign,
            "outreach": self.outreach,
            "conversation": self.conversation,
            "action": self.action,
            "follow_up": self.follow_up,
        }


class EscalationRules(Table):
    """When somebody is reminded, and who hears next. Shares are percent of a step's limit.

    `nudge_at` holds none to two of them, rising. `idle_ask_at` and `idle_release_at` are shares of the time that
    the owner had left when they took the case; `idle_ask_at` 0 asks nobody and releases nothing.
    """

    nudge_at: Annotated[tuple[Whole, ...], AfterValidator(check_nudges)] = Field(default=(50, 80), examples=[[50, 80]])
    executive_after: WallLimit = Field(default=parse_limit("24h"), examples=["24h"])
    repeat_every: WallLimit = Field(default=parse_limit("24h"), examples=["24h"])
    most_repeats: Whole = Field(default=3, ge=0, le=9, examples=[3])
    digest_minutes: Whole = Field(default=10, ge=0, le=120, examples=[10])
    idle_ask_at: Whole = Field(default=70, ge=0, le=99, examples=[70])
    idle_release_at: Whole = Field(default=90, ge=1, le=100, examples=[90])


class QuietRules(Table):
    """When nothing is said to anybody, in the receiver's local time."""

    hours: Annotated[str, AfterValidator(check_quiet)] = Field(default="20:00-08:00", examples=["20:00-08:00"])
    critical_crosses: Flag = Field(default=False, examples=[True])

    @property
    def start(self) -> int | None:
        """Give the first quiet minute after midnight (0 to 1439), or None when no hours are quiet."""
        return self._span[0] if self._span else None

    @property
    def end(self) -> int | None:
        """Give the first minute that is not quiet any more (1 to 1440; below `start` over midnight), or None."""
        return self._span[1] if self._span else None

    @cached_property
    def _span(self) -> tuple[int, int] | None:
        return quiet_span(self.hours)


class PauseRules(Table):
    """How long a case may wait on the customer, or be put off."""

    longest: WallLimit = Field(default=parse_limit("14d"), examples=["14d"])
    most_days: Whole = Field(default=21, ge=1, le=366, examples=[21])
    snooze_longest: WallLimit = Field(default=parse_limit("3d"), examples=["3d"])

    @property
    def most(self) -> timedelta:
        """Give how much waiting of one case doesn't count, all its pauses together."""
        return timedelta(days=self.most_days)


class DigestRules(Table):
    """When the regular summaries go out; "" never."""

    morning: Annotated[str, AfterValidator(check_time)] = Field(default="08:30", examples=["08:30"])
    weekly: Annotated[str, AfterValidator(check_weekly)] = Field(default="mon 09:00", examples=["mon 09:00"])
    monthly: Annotated[str, AfterValidator(check_time)] = Field(default="09:00", examples=["09:00"])

    @cached_property
    def morning_at(self) -> time | None:
        """Give the local time of an owner's morning digest."""
        return time_of_day(self.morning)

    @cached_property
    def weekly_at(self) -> Weekly | None:
        """Give the weekday and local time of a programme's weekly summary."""
        return weekly(self.weekly)

    @cached_property
    def monthly_at(self) -> time | None:
        """Give the local time of the monthly summary to leadership, on the first working day of the month."""
        return time_of_day(self.monthly)


class MailRules(Table):
    """The last resort. Nothing is mailed while `sender` is "" or the environment names no mail server."""

    after: WallLimit = Field(default=parse_limit("30 minutes"), examples=["30 minutes"])
    sender: Annotated[str, AfterValidator(check_address)] = Field(
        default="", alias="from", examples=["winback@acme.example"]
    )
