"""The quarter in which a story plays: its days are those of the machine's clock, whichever they are."""

from datetime import UTC, datetime, timedelta

from tests.story.acting import Acting
from tests.story.steps.working import later, now

THURSDAY = 3


def quarter_key(at: datetime) -> str:
    """As people type it: "2026Q4"."""
    return f"{at.year}Q{_number(at)}"


def quarter_name(at: datetime) -> str:
    """As people read it: "Q4 2026"."""
    return f"Q{_number(at)} {at.year}"


async def in_one_quarter(it: Acting, days: float) -> datetime:
    """Now, so many days and one more before the quarter ends: where it would end sooner, the next one has begun."""
    at = now(it)
    ahead = at
    while quarter_key(ahead) == quarter_key(at):
        ahead += timedelta(days=1)
    if ahead - at <= timedelta(days=days + 1):
        await later(it, days=(ahead - at).days + 1)
    return now(it)


def after_quarter(at: datetime) -> datetime:
    """A Thursday of the first two weeks after the quarter; working hours in London and in New York."""
    year, month = divmod(at.year * 12 + (_number(at) * 3), 12)
    found = datetime(year, month + 1, 6, 16, 0, tzinfo=UTC)
    return found + timedelta(days=(THURSDAY - found.weekday()) % 7)


def _number(at: datetime) -> int:
    return (at.month + 2) // 3
