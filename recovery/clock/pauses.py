"""Waiting on the customer: how much of it doesn't count, and whether a case waits now (playbook, section 2, Pause)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from recovery.cases.progress import Pause
from recovery.clock.calendar import Span

if TYPE_CHECKING:
    from recovery.cases.case import Case

__all__ = ["Pause", "is_snoozed", "is_waiting", "pause_at", "total", "waiting"]


def waiting(pauses: Iterable[Pause], most: timedelta) -> tuple[Span, ...]:
    """Give the spans (aware UTC, in order, apart) in which the clock of the case stands still.

    Each ends when the case was resumed; what overlaps counts once; beyond `most` in total nothing counts.
    """
    spans: list[Span] = []
    left = most
    for start, end in sorted((pause.start, pause.end) for pause in pauses):
        begins = max(start, spans[-1][1]) if spans else start
        counted = min(end - begins, left)
        if counted <= timedelta(0):
            continue
        if spans and spans[-1][1] == begins:
            spans[-1] = (spans[-1][0], begins + counted)
        else:
            spans.append((begins, begins + counted))
        left -= counted
    return tuple(spans)


def total(spans: Iterable[Span]) -> timedelta:
    """Add up spans that are apart."""
    return sum((end - start for start, end in spans), timedelta(0))


def pause_at(case: "Case", at: datetime) -> Pause | None:
    """Give the pause that the case is in at this moment."""
    return next((pause for pause in reversed(case.progress.pauses) if pause.covers(at)), None)


def is_waiting(case: "Case", at: datetime) -> bool:
    """Whether the case waits on the customer at this moment."""
    return pause_at(case, at) is not None


def is_snoozed(case: "Case", at: datetime) -> bool:
    """Whether somebody asked that nothing is said about the case at this moment."""
    until = case.progress.snoozed_until
    return until is not None and at < until
