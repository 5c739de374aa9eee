"""Times and days as survey tools and people write them. A time that has no zone is no time."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from handlers.surveys.fields import LONGEST_LINE, unusable

AHEAD = timedelta(minutes=5)
OLDEST = timedelta(days=3653)
_MILLISECONDS_FROM = 10**11
_EPOCH_END = 10**14
_DAY_EPOCH_FROM = 10**8
_YEARS = range(1970, 2201)

_EPOCH = re.compile(r"[0-9]{9,13}(?:\.[0-9]{1,9})?")
_UTC_WORD = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_LOOSE_OFFSET = re.compile(r"\s+([+-][0-9]{2}:?[0-9]{2})$")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})(.*)")
_YEAR_LAST = re.compile(
    r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
    r"(?:,?[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*([AaPp][Mm])?)?"
)
_NOON = 12
_OFFSET_EXAMPLE = "2026-09-03T14:05:00+02:00"


def moment(
    value: object, label: str, received_at: datetime, *, zone: tzinfo | None = None, date_format: str = ""
) -> datetime:
    """An instant in UTC: epoch seconds or milliseconds, or ISO 8601 with an offset.

    With a `zone` also times without offset and plain days (midnight there); with `date_format`
    "dmy" or "mdy" also 03/09/2026. Refused: more than five minutes after `received_at`, and more
    than ten years before it.
    """
    at = _instant(value, label, zone, date_format)
    if at - received_at > AHEAD:
        raise unusable(label, value, "a time that is not in the future")
    if received_at - at > OLDEST:
        raise unusable(label, value, "a time within the last ten years")
    return at


def _instant(value: object, label: str, zone: tzinfo | None, date_format: str) -> datetime:
    expected = f"epoch seconds or a time such as {_OFFSET_EXAMPLE}"
    text = value.strip() if isinstance(value, str) else ""
    try:
        if isinstance(value, str) and not _EPOCH.fullmatch(text):
            at = _written(text, label, date_format)
        else:
            at = _epoch(float(text) if text else value)
        if at is None:
            raise unusable(label, value, expected)
        if at.tzinfo is None and zone is None:
            raise unusable(label, value, f"a time with its zone, such as {_OFFSET_EXAMPLE}")
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        # Out of the calendar, by a 31st of June or by the year 9999 in a far zone.
        raise unusable(label, value, expected) from None


def _epoch(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _EPOCH_END:
        return None
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    return datetime.fromtimestamp(seconds, UTC)


def _written(text: str, label: str, date_format: str) -> datetime | None:
    """The written time, aware or naive as it stands; None or ValueError when it is none."""
    if not text or len(text) > LONGEST_LINE:
        return None
    year_last = _YEAR_LAST.fullmatch(text)
    if year_last:
        return _day_or_month_first(year_last, text, label, date_format)
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first:
        text = f"{year_first[1]}-{year_first[2]:0>2}-{year_first[3]:0>2}{year_first[4]}"
    return datetime.fromisoformat(_LOOSE_OFFSET.sub(r"\1", _UTC_WORD.sub("+00:00", text)))


def _day_or_month_first(match: re.Match[str], text: str, label: str, date_format: str) -> datetime:
    if date_format not in {"dmy", "mdy"}:
        raise unusable(
            label, text, 'a day such as 2026-09-03, or a date_format of "dmy" or "mdy" that says which comes first'
        )
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    day, month = (first, second) if date_format == "dmy" else (second, first)
    hour = int(match[4] or 0)
    if match[7]:
        if not 1 <= hour <= _NOON:
            raise ValueError(text)
        hour = hour % _NOON + (_NOON if match[7].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(match[5] or 0), int(match[6] or 0))  # noqa: DTZ001 -- its zone is added by the caller, or its lack refused


def day(value: object, label: str, *, date_format: str = "") -> date:
    """A calendar day: 2026-12-31, a time of which the day counts, or epoch seconds (the day in UTC)."""
    expected = "a day such as 2026-12-31"
    text = value.strip() if isinstance(value, str) else ""
    try:
        if isinstance(value, str) and not _EPOCH.fullmatch(text):
            at = _written(text, label, date_format)
        else:
            number = float(text) if text else value
            at = _epoch(number) if isinstance(number, int | float) and number >= _DAY_EPOCH_FROM else None
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in _YEARS:
        raise unusable(label, value, expected)
    return at.date()
