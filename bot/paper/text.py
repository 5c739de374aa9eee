"""What stands on paper of names, words and days: cleaned and cut here, escaped by the markup."""

from datetime import UTC, date, datetime

from bot.paper import words
from bot.views import kit
from recovery.moments import MONTHS
from recovery.readouts.page import Page

NAME = 34  # characters of a segment's, a programme's or a person's name


def name(text: str, limit: int = NAME) -> str:
    """A name on one line."""
    return kit.named(text, limit)


def segment(text: str, limit: int = NAME) -> str:
    """A segment as people call it."""
    return kit.named(text, limit) or words.UNKNOWN


def day(on: date) -> str:
    """Write a day, "3 Oct 2026"; a moment's day is that of UTC."""
    if isinstance(on, datetime):
        on = on.astimezone(UTC).date()
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def period(page: Page) -> str:
    """The period as people say it: "Q3 2026", "Q4 2026 so far"."""
    over = page.period.is_over(page.at)
    return page.period.name if over else words.SO_FAR.format(period=page.period.name)


def sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]
