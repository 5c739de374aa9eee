"""The tables of the policy file as frozen values. policy.example.toml documents every key for people."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from recovery.clock.public_holidays import ClosedDays, check_place
from recovery.policy.base import KeyedTable, Table
from recovery.policy.values import (
    Channel,
    Currency,
    Day,
    EnvironmentName,
    Filled,
    Flag,
    Key,
    LimitText,
    LinkTemplate,
    Money,
    People,
    Person,
    Shift,
    Shifts,
    UnfitError,
    Whole,
    Word,
    ZoneName,
    parse_limit,
    parse_money,
)

# What an answer may tell us, by our names: SurveyResponse and Account, flat (surveys page, row "generic").
ANSWER_FIELDS = (
    "score",
    "response_id",
    "comment",
    "responded_at",
    "updated_at",
    "contact_id",
    "email",
    "name",
    "account_id",
    "account_name",
    "acv",
    "renewal_date",
    "segment",
    "csm_email",
    "plan",
    "region",
    "customer_since",
    "role",
    "surface",
    "survey_id",
    "survey_name",
    "programme",
    "follow_up_requested",
    "permalink",
    "survey_type",
    "test",
)
# Delighted and Typeform have a fixed place for these; only the rest can be mapped there.
TOOLS_OWN_FIELDS = frozenset({"score", "response_id", "comment", "responded_at", "updated_at"})

LEAVING_WORDS = (
    "not renewing",
    "not renew",
    "won't renew",
    "wont renew",
    "not be renewing",
    "not going to renew",
    "evaluating alternatives",
    "evaluating other",
    "looking at alternatives",
    "looking for alternatives",
    "looking for an alternative",
    "looking elsewhere",
    "cancel",
    "canceling",
    "cancelling",
    "canceled",
    "cancelled",
    "cancel our",
    "switching to",
    "switch to a competitor",
    "moving to a competitor",
    "terminate our contract",
    "end our contract",
)


class Workspace(Table):
    admin: Person = Field(examples=["sam@acme.example"])
    fallback_channel: Channel = Field(examples=["#cs-leads"])
    currency: Currency = Field(default="USD", examples=["USD"])
    crm_link: LinkTemplate = Field(default="", examples=["https://crm.example/accounts/{account}"])

    def crm_url(self, account_key: str) -> str:
        """Give the account's page in the CRM, or "" when there is no link or no key."""
        return self.crm_link.replace("{account}", quote(account_key, safe="")) if account_key else ""


class Ladder(Table):
    """Limits of the steps (playbook, section 2).

    `flag`, `outreach`, `conversation` and `action` run from the submission, `assign` from the flag,
    `follow_up` from the moment the action was committed.
    """

    flag: LimitText = Field(default=parse_limit("1h"), examples=["1h"])
    assign: LimitText = Field(default=parse_limit("4 business hours"), examples=["4 business hours"])
    outreach: LimitText = Field(default=parse_limit("48h"), examples=["48h"])
    conversation: LimitText = Field(default=parse_limit("7d"), examples=["7d"])
    action: LimitText = Field(default=parse_limit("14d"), examples=["14d"])
    follow_up: LimitText = Field(default=parse_limit("30d"), examples=["30d"])


class Calendar(KeyedTable):
    """Working hours of one place, in its own local time. recovery.clock.calendar counts with them."""

    zone: ZoneName = Field(examples=["Europe/London"])
    mon: Shifts = Field(default=(), examples=[["09:00-12:30", "13:30-17:30"]])
    tue: Shifts = Field(default=(), examples=[["09:00-12:30", "13:30-17:30"]])
    wed: Shifts = Field(default=(), examples=[["09:00-12:30", "13:30-17:30"]])
    thu: Shifts = Field(default=(), examples=[["09:00-12:30", "13:30-17:30"]])
    fri: Shifts = Field(default=(), examples=[["09:00-12:30", "13:30-16:00"]])
    sat: Shifts = Field(default=(), examples=[["10:00-14:00"]])
    sun: Shifts = Field(default=(), examples=[["10:00-14:00"]])
    days_off: tuple[Day, ...] = Field(default=(), examples=[["2026-12-25", "2026-12-26"]])
    holidays: Annotated[str, AfterValidator(check_place)] = Field(default="", examples=["GB-ENG"])
    working_on: tuple[Day, ...] = Field(default=(), examples=[["2026-12-28"]])

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if not any(self.week):
            raise UnfitError(
                'No weekday has working hours, so a business limit would never end. For example: mon = ["09:00-17:30"]'
            )
        return self

    @cached_property
    def week(self) -> tuple[tuple[Shift, ...], ...]:
        """Hours per weekday, Monday first, each in order and without overlaps."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)

    @cached_property
    def lengths(self) -> tuple[timedelta, ...]:
        """Working time per weekday, Monday first, on a day when the clocks don't change."""
        return tuple(timedelta(minutes=sum(shift.end - shift.start for shift in day)) for day in self.week)

    @cached_property
    def closed(self) -> ClosedDays:
        """Tell by `day in closed` which days aren't worked, in any year: days off and the place's holidays."""
        return ClosedDays(frozenset(self.days_off), frozenset(self.working_on), self.holidays)

    @cached_property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class UrgencyRules(Table):
    """When a case is critical (playbook, section 5). Money in the workspace's currency."""

    large_acv: Money = Field(default=parse_money(50000), examples=[50000])
    renewal_within_days: Whole = Field(default=90, ge=0, le=1000, examples=[90])
    leaving_words: tuple[Word, ...] = Field(default=LEAVING_WORDS, examples=[["not renewing", "cancel"]])


class Capacity(Table):
    open_cases: Whole = Field(default=8, ge=1, le=1000, examples=[8])


class Team(KeyedTable):
    name: Filled = Field(examples=["Onboarding"])
    members: People = Field(min_length=1, examples=[["amara@acme.example"]])


class Segment(KeyedTable):
    name: Filled = Field(examples=["Enterprise"])
    manager: Person = Field(examples=["tomas@acme.example"])


class Kind(StrEnum):
    RELATIONAL = "relational"
    TRANSACTIONAL = "transactional"


class Keywords(Table):
    """Words in the customer's comment that send the case to the team that can fix it."""

    words: tuple[Word, ...] = Field(min_length=1, examples=[["onboarding", "go-live"]])
    team: Key = Field(examples=["onboarding"])


class Programme(KeyedTable):
    """One survey stream with its own channel and owner (playbook, section 1)."""

    name: Filled = Field(examples=["Relational"])
    kind: Kind = Field(examples=["relational"])
    channel: Channel = Field(examples=["#nps-relational"])
    fallback_channel: Channel | None = Field(default=None, examples=["#cs-leads"])
    calendar: Key = Field(examples=["office"])
    owner: Person = Field(examples=["marcus@acme.example"])
    leads: People = Field(min_length=1, examples=[["marcus@acme.example"]])
    managers: People = Field(default=(), examples=[["elena@acme.example"]])
    sponsor: Person | None = Field(default=None, examples=["elena@acme.example"])
    rotation: People = Field(default=(), examples=[["priya@acme.example", "jen@acme.example"]])
    executives: Channel | None = Field(default=None, examples=["#exec-readout"])
    score_owner: Key | None = Field(default=None, examples=["research"])
    surveys: tuple[Filled, ...] = Field(default=(), examples=[["Relationship NPS"]])
    default: Flag = Field(default=False, examples=[True])
    keywords: tuple[Keywords, ...] = Field(default=(), examples=[[{"words": ["onboarding"], "team": "onboarding"}]])


class Adapter(StrEnum):
    DELIGHTED = "delighted"
    TYPEFORM = "typeform"
    GENERIC = "generic"


class Auth(StrEnum):
    STANDARD_WEBHOOKS = "standard-webhooks"
    BEARER = "bearer"


class Source(KeyedTable):
    """A survey tool that posts to /hooks/KEY.

    `fields` maps our name of a field to where it stands: for generic a dotted path in the body, for
    delighted a person property, for typeform a hidden field or the reference of a question. The `…_ref`
    options are typeform's references of questions.
    """

    adapter: Adapter = Field(examples=["delighted"])
    secret_env: EnvironmentName = Field(examples=["WINBACK_DELIGHTED_SECRET"])
    auth: Auth = Field(default=Auth.STANDARD_WEBHOOKS, examples=["bearer"])
    programme: Key | None = Field(default=None, examples=["relational"])
    max_bytes: Whole = Field(default=1_000_000, ge=1_000, le=10_000_000, examples=[1_000_000])
    score_ref: Filled | None = Field(default=None, examples=["nps_score"])
    comment_ref: Filled | None = Field(default=None, examples=["nps_reason"])
    email_ref: Filled | None = Field(default=None, examples=["email"])
    name_ref: Filled | None = Field(default=None, examples=["full_name"])
    fields: Mapping[str, Filled] = Field(default_factory=dict, examples=[{"score": "answer.rating"}])


class DateFormat(StrEnum):
    """What comes first in a date such as 03/09/2026."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class ImportDefaults(Table):
    """Defaults of `winback import`.

    `columns` maps our name of a field to the heading of its column. `zone` is that of times without one, which
    are refused as long as it is None; so are dates such as 03/09/2026 without `date_format`.
    """

    columns: Mapping[str, Filled] = Field(default_factory=dict, examples=[{"score": "NPS"}])
    programme: Key | None = Field(default=None, examples=["relational"])
    zone: ZoneName | None = Field(default=None, examples=["Europe/London"])
    date_format: DateFormat | None = Field(default=None, examples=["dmy"])
    open_cases_within_days: Whole = Field(default=14, ge=0, le=366, examples=[14])
