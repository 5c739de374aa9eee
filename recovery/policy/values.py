"""What the values of a policy file may be: people, channels, limits, hours. Each refusal says what would do."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator
from rapidfuzz import fuzz, process, utils


class UnfitError(ValueError):
    """A value that can't be used, as one sentence; pydantic collects it as a finding."""


class Clock(StrEnum):
    """`wall`: every hour counts. `business`: only the working hours of the programme's calendar do."""

    WALL = "wall"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take; `words` is how people read it: "4 business hours", "48 hours"."""

    amount: timedelta
    clock: Clock
    words: str


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Working hours within one local day, in minutes since midnight; `end` (at most 1440) is not part of them."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
    }
)
LONGEST_LIMIT = timedelta(days=366)
MINUTES_A_DAY = 24 * 60
LONGEST_SHOWN = 60
DRAFT_FIELDS = ("first_name", "score", "quote", "sender")
LONGEST_DRAFT = 1500
NEAR_ENOUGH = 70  # of 100: "asign" for "assign" is 91, "timezone" for "zone" is 90

_LIMIT = re.compile(
    r"([0-9]{1,6})\s*(?:(business)\s+)?(?:(m|min|minutes?)|(h|hrs?|hours?)|(d|days?)|(w|weeks?))", re.IGNORECASE
)
_SHIFT = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}):([0-9]{2})")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_EMAIL = re.compile(r"[^\s@<>\"',;:|]{1,64}@[^\s@<>\"',;:|.]+(?:\.[^\s@<>\"',;:|.]+)+")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")
_CHANNEL_NAME = re.compile(r"#[\w\-]{1,80}")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


def is_user_id(ref: str) -> bool:
    """Whether a person is named by Slack id (U… or W…) rather than by e-mail address."""
    return _USER_ID.fullmatch(ref) is not None


def is_group_id(ref: str) -> bool:
    """Whether this names a Slack user group (S…) and not one person."""
    return _GROUP_ID.fullmatch(ref) is not None


def people_of(refs: Iterable[str], groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Put the people (user ids) of each user group in its place; one that has none, or is unknown, stays as it is."""
    for ref in refs:
        yield from groups.get(ref) or (ref,)


def parse_limit(value: object) -> Limit:
    """Read "1h", "48 hours", "7d", "4 business hours".

    A business day has no length of its own (a calendar may work 6 or 12 hours), so business
    limits are given in hours or minutes.
    """
    if isinstance(value, Limit):
        return value
    match = _LIMIT.fullmatch(_text(value, "a limit").strip())
    if match is None:
        raise UnfitError(f'{shown(value)} is not a limit; write a number and a unit, such as "48h" or "7d".')
    number, business = int(match[1]), match[2] is not None
    unit = next(name for name, found in zip(UNITS, match.groups()[2:], strict=True) if found)
    if number == 0:
        raise UnfitError("A limit of nothing can't be kept; it must be longer than zero.")
    if business and unit in {"day", "week"}:
        raise UnfitError(
            f"A business {unit} is as long as its calendar says; give the hours, such as "
            f'"{number * (40 if unit == "week" else 8)} business hours".'
        )
    amount = number * UNITS[unit]
    if amount > LONGEST_LIMIT:
        raise UnfitError(f"{shown(value)} is longer than 366 days; nobody would wait for it.")
    words = f"{number} {'business ' if business else ''}{unit}{'' if number == 1 else 's'}"
    return Limit(amount, Clock.BUSINESS if business else Clock.WALL, words)


def parse_shift(value: object) -> Shift:
    """Read "09:00-12:30"; "24:00" is midnight at the end of the day. Hours over midnight are written as two."""
    if isinstance(value, Shift):
        return value
    match = _SHIFT.fullmatch(_text(value, "hours").strip())
    if match is None:
        raise UnfitError(f'{shown(value)} is not a time span; write it as "09:00-17:30".')
    hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or max(start, end) > MINUTES_A_DAY:  # noqa: PLR2004 - minutes of an hour
        raise UnfitError(f"{shown(value)} is not a time of day; hours run from 00:00 to 24:00.")
    if start == end:
        raise UnfitError(f"{shown(value)} is empty: it starts when it ends.")
    if start > end:
        raise UnfitError(
            f"{shown(value)} ends before it starts; hours over midnight are written as two, "
            f'"{Shift(start, MINUTES_A_DAY)}" and, on the next day, "{Shift(0, end)}".'
        )
    return Shift(start, end)


def check_shifts(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """Order the hours of one day; two that overlap are refused."""
    ordered = tuple(sorted(shifts))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise UnfitError(f'"{earlier}" and "{later}" overlap.')
    return ordered


def parse_day(value: object) -> date:
    """Read a TOML date or an ISO date in quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(_text(value, "a date"))
    except ValueError:
        raise UnfitError(f"{shown(value)} is not a date; write it as 2026-12-25.") from None


def parse_money(value: object) -> Decimal:
    """Read a plain number without currency sign or separators; zero and more."""
    wrong = f"{shown(value)} is not an amount; write the plain number, such as 50000."
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise UnfitError(wrong)
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise UnfitError(wrong) from None
    if not amount.is_finite():
        raise UnfitError(wrong)
    if amount < 0:
        raise UnfitError("An amount can't be below zero.")
    return amount


def parse_whole(value: object) -> int:
    """Read a whole number; text and true/false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitError(f"{shown(value)} is not a whole number; write it without quotes, such as 8.")
    return value


def parse_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnfitError(f"{shown(value)} is neither true nor false; write it without quotes.")
    return value


def check_person(value: str) -> str:
    """Give an e-mail address (in lower case) or a Slack user id."""
    person = value.strip()
    if is_user_id(person):
        return person
    if _EMAIL.fullmatch(person):
        return person.lower()
    if is_group_id(person):
        raise UnfitError(f"{shown(value)} is a user group; one person has to stand here.")
    raise UnfitError(f"{shown(value)} is neither an e-mail address nor a Slack user id (U… or W…).")


def check_people(value: str) -> str:
    """Give one person as check_person does, or the id of a user group."""
    ref = value.strip()
    if is_group_id(ref):
        return ref
    try:
        return check_person(value)
    except UnfitError:
        raise UnfitError(
            f"{shown(value)} is neither an e-mail address nor a Slack user id (U… or W…), nor a user group (S…)."
        ) from None


def check_channel(value: str) -> str:
    """Give a channel id (C… or G…) or "#name" in lower case."""
    channel = value.strip()
    if _CHANNEL_ID.fullmatch(channel):
        return channel
    if _CHANNEL_NAME.fullmatch(channel):
        return channel.lower()
    named = "#" + re.sub(r"[^\w\-]+", "-", channel).strip("-").lower()
    hint = f'; did you mean "{named}"?' if _CHANNEL_NAME.fullmatch(named) else "."
    raise UnfitError(f'{shown(value)} is neither a channel id (C… or G…) nor a "#name"{hint}')


def check_key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise UnfitError(
            f"{shown(value)} can't be a key: lower-case letters, digits, - and _ only, at most 40 of them."
        )
    return value


def check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        near = nearest(value, available_timezones())
        raise UnfitError(f"{shown(value)} is not a time zone of the IANA list{near}") from None
    return value


def check_environment_name(value: str) -> str:
    """Give the name of an environment variable. A wrong one may be the secret itself: it is never shown."""
    if not _ENVIRONMENT_NAME.fullmatch(value):
        raise UnfitError(
            "This is not the name of an environment variable (capitals, digits and _). "
            "Put the secret itself into the environment and its name here."
        )
    return value


def check_currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise UnfitError(f"{shown(value)} is not a currency's three-letter code in capitals.")
    return value


def check_link(value: str) -> str:
    """Give "" or a web address with {account} where the account's key belongs."""
    if not value:
        return value
    if not re.fullmatch(r"https?://[^\s<>|\"]+", value):
        raise UnfitError(f"{shown(value)} is not a web address; it starts with https://.")
    if value.count("{account}") != 1 or re.search(r"[{}]", value.replace("{account}", "")):
        raise UnfitError(f"{shown(value)} must hold {{account}} once, and no other braces.")
    return value


def check_draft(value: str) -> str:
    """Give a text to copy. It holds the placeholders in DRAFT_FIELDS, of which only the sender may be left out."""
    text = check_filled(value)
    rest = text
    for name in DRAFT_FIELDS:
        if name != "sender" and f"{{{name}}}" not in text:
            raise UnfitError(f"{{{name}}} is missing; the customer should see that we read the answer.")
        rest = rest.replace(f"{{{name}}}", "")
    if brace := re.search(r"\{[^{}\n]{0,40}\}?|\}", rest):
        known = ", ".join(f"{{{name}}}" for name in DRAFT_FIELDS)
        raise UnfitError(f"{shown(brace[0])} is no placeholder; known here: {known}.")
    if len(text) > LONGEST_DRAFT:
        raise UnfitError(f"It is {len(text)} characters long; {LONGEST_DRAFT} fit above the form.")
    return text


def check_word(value: str) -> str:
    word = " ".join(value.split())
    if not any(letter.isalnum() for letter in word):
        raise UnfitError(f"{shown(value)} has no letter in it; it would never match.")
    return word


def check_filled(value: str) -> str:
    text = value.strip()
    if not text:
        raise UnfitError("It is empty.")
    return text


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise UnfitError(f"{shown(value)} is not {what}; write it in quotes.")
    return value


def check_distinct(people: tuple[str, ...]) -> tuple[str, ...]:
    for place, person in enumerate(people):
        if person in people[:place]:
            raise UnfitError(f"{shown(person)} stands in the list twice.")
    return people


def shown(value: object) -> str:
    """Write a value as it stands in the file, cut to a length that can still be read."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def nearest(wrong: str, known: Iterable[str]) -> str:
    """End a sentence: `; did you mean "assign"?` when a known word is near, else a full stop."""
    words = sorted(known)
    # Whole words first: WRatio, which also finds a word within another one, sees "tiers" in "capacities".
    for scorer in (fuzz.ratio, fuzz.WRatio):
        found = process.extractOne(
            wrong, words, scorer=scorer, processor=utils.default_process, score_cutoff=NEAR_ENOUGH
        )
        if found:
            return f"; did you mean {shown(found[0])}?"
    return "."


def nearest_or_all(wrong: str, known: Iterable[str]) -> str:
    """End a sentence like `nearest`, and with all known words when none is near."""
    words = tuple(known)
    near = nearest(wrong, words)
    return near if near != "." or not words else f"; known here: {', '.join(words)}."


LimitText = Annotated[Limit, BeforeValidator(parse_limit)]
ShiftText = Annotated[Shift, BeforeValidator(parse_shift)]
Shifts = Annotated[tuple[ShiftText, ...], AfterValidator(check_shifts)]
Day = Annotated[date, BeforeValidator(parse_day)]
Money = Annotated[Decimal, BeforeValidator(parse_money)]
Whole = Annotated[int, BeforeValidator(parse_whole)]
Flag = Annotated[bool, BeforeValidator(parse_flag)]
Person = Annotated[str, AfterValidator(check_person)]
People = Annotated[tuple[Annotated[str, AfterValidator(check_people)], ...], AfterValidator(check_distinct)]
Channel = Annotated[str, AfterValidator(check_channel)]
Key = Annotated[str, AfterValidator(check_key)]
ZoneName = Annotated[str, AfterValidator(check_zone)]
EnvironmentName = Annotated[str, AfterValidator(check_environment_name)]
Currency = Annotated[str, AfterValidator(check_currency)]
LinkTemplate = Annotated[str, AfterValidator(check_link)]
Word = Annotated[str, AfterValidator(check_word)]
Filled = Annotated[str, AfterValidator(check_filled)]
