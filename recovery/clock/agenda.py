"""What an owner's day holds, for the digest of their morning: a case at most once, for its most pressing reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recovery.cases.case import Case, Urgency
from recovery.cases.rungs import RungState, next_step
from recovery.clock.pauses import pause_at


class Reason(StrEnum):
    """Why a case stands on the list, the most pressing first.

    ESCALATED: managers or the sponsor know that it is late. OVERDUE and TODAY: its next step. BACK: the time of
    waiting for the customer ends today.
    """

    ESCALATED = "escalated"
    OVERDUE = "overdue"
    TODAY = "today"
    BACK = "back"


ORDER = tuple(Reason)


@dataclass(frozen=True, slots=True)
class Point:
    """One case of the day. `due_at` (aware UTC) is when its next step is due, or when the waiting ends."""

    case: Case
    reason: Reason
    due_at: datetime


def agenda(cases: Iterable[Case], escalated: Collection[int], at: datetime, day_ends: datetime) -> tuple[Point, ...]:
    """List what the day holds: critical cases first, then by reason, then by what is due first.

    `cases` are one owner's open ones, `escalated` the numbers of those that managers hear of. What is put off, or
    waits for the customer, beyond the end of the day is left out.
    """
    points = [point for case in cases if (point := _point(case, case.id in escalated, at, day_ends))]
    return tuple(
        sorted(
            points,
            key=lambda point: (
                point.case.urgency is not Urgency.CRITICAL,
                ORDER.index(point.reason),
                point.due_at,
                point.case.id,
            ),
        )
    )


def _point(case: Case, is_escalated: bool, at: datetime, day_ends: datetime) -> Point | None:
    progress = case.progress
    if progress.snoozed_until and progress.snoozed_until > day_ends:
        return None
    pause = pause_at(case, at)
    if pause is not None:
        return Point(case, Reason.BACK, pause.end) if pause.end <= day_ends else None
    rung = next_step(case, at)
    if rung is None or rung.due_at is None:
        return None
    if is_escalated:
        return Point(case, Reason.ESCALATED, rung.due_at)
    if rung.state is RungState.OVERDUE:
        return Point(case, Reason.OVERDUE, rung.due_at)
    return Point(case, Reason.TODAY, rung.due_at) if rung.due_at <= day_ends else None
