"""How sentences of the rules write days and moments. English short names, whatever the locale of the machine is."""

from datetime import date, datetime, timedelta

from recovery.policy.file import Calendar

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def long_day(day: date) -> str:
    """Write a day in full: "Wed 2 Dec 2026"."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def words_of(moment: datetime, calendar: Calendar) -> str:
    """Write a moment in the calendar's own time: "Fri 20 Nov 2026 14:05"."""
    local = moment.astimezone(calendar.zone_info)
    return f"{long_day(local.date())} {local.hour:02}:{local.minute:02}"


def amount_words(amount: timedelta) -> str:
    """Write a length of time with its two largest units, whole minutes: "2 days 3 hours", "20 minutes"."""
    minutes = max(int(amount / timedelta(minutes=1)), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said[:2]) or "less than a minute"
