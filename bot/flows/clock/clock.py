"""What time does to a case follows the case: its timer, its alarms, and the messages in which they stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.house import House
from bot.surfaces import BulletinSurface, CardSurface, HomeSurface
from recovery.cases.case import CHANGES_HANDS, Case, Event, EventKind, State
from recovery.cases.rungs import RungState, ladder_view
from recovery.clock import pauses
from recovery.clock.alarms import OF_AN_IDLE_OWNER, is_current, next_at
from store.cases import alarms, cases, notices, timers
from store.cases.alarms import AlarmRow
from store.cases.timers import TimerKind
from store.engine import Tx
from store.slack import outbox

SILENCED = frozenset({EventKind.PAUSED, EventKind.SNOOZED})


@dataclass(frozen=True, slots=True)
class Followed:
    """When (aware UTC) the case's clock rings next, None for never; and the alarms (ids) that look different now."""

    rings_at: datetime | None
    changed: tuple[int, ...] = ()


async def follow(tx: Tx, house: House, case: Case, event: Event) -> Followed:
    """After one change: what it ended is closed.

    `settle` sets the clock with the other timers, and draws what shows the alarms again: after them, because of locks.
    """
    raised = await alarms.of_case(tx, case.id) if event.kind is not EventKind.OPENED else []
    standing = [row for row in raised if row.closed_at is None]
    if standing:
        forgotten = await _close(tx, case, event, standing)
        raised = [row for row in raised if row.id not in forgotten]
    return Followed(rings_at(house, case, raised, tx.now), tuple(row.id for row in standing))


async def acknowledge(tx: Tx, house: House, case_id: int, alarm_ids: Sequence[int], by: str) -> list[int]:
    """Somebody is on it: the alarms (ids) where nobody was before, and which still stand; the timer follows.

    Whether the person may say so is decided by the caller. Every message that shows one of them is drawn again.
    """
    case = await cases.lock(tx, case_id)
    taken = await alarms.acknowledge(tx, alarm_ids, by)
    if taken:
        await look_again(tx, house, case)
        await refresh(tx, taken)
    return taken


async def look_again(tx: Tx, house: House, case: Case) -> None:
    """Sets the case's clock to what its rows say now."""
    raised = await alarms.of_case(tx, case.id)
    await timers.follow(tx, case.id, {TimerKind.CLOCK: rings_at(house, case, raised, tx.now)})


async def refresh(tx: Tx, alarm_ids: Collection[int]) -> None:
    """Draws every message again in which one of these alarms stands, and the homes of those who were told."""
    shown = await notices.showing(tx, alarm_ids)
    if shown:
        messages = [str(BulletinSurface(user, bulletin)) for bulletin, user in shown]
        await outbox.refresh(tx, *messages, *(str(HomeSurface(user)) for user in sorted({user for _, user in shown})))


def rings_at(house: House, case: Case, raised: Sequence[AlarmRow], at: datetime) -> datetime | None:
    """When (aware UTC) something has to be said, done or drawn for the case next; None for never.

    A case whose programme left the policy is silent until it is back.
    """
    programme = house.programme_of(case)
    if programme is None or case.state is State.CLOSED:
        return None
    following = next_at(house.policy, house.calendars(case, programme), case, [row.raised for row in raised], at)
    return min((each for each in (following, _silent_until(case, at)) if each), default=None)


async def rouse(
    tx: Tx,
    house: House,
    found: Sequence[Case],
    raised: Mapping[int, Sequence[AlarmRow]],
    since: Mapping[int, datetime],
) -> None:
    """A pause or a snooze that ran out by itself made no event: what still shows it is drawn again.

    `since`: for when (aware UTC) the clock of each case was set, by number. It rings at each end of a silence, so one
    that ended before was drawn then.
    """
    over = [case for case in found if _fell_out_of_silence(case, since[case.id], tx.now)]
    if not over:
        return
    owners = {case.owner for case in over} & house.directory.people.keys()
    cards = [str(CardSurface(case.id)) for case in over]
    await outbox.refresh(tx, *cards, *(str(HomeSurface(user)) for user in sorted(owners)))
    await refresh(tx, [row.id for case in over for row in raised.get(case.id, ()) if row.closed_at is None])


def _silent_until(case: Case, at: datetime) -> datetime | None:
    """When the pause or the snooze ends that the case is in; the one that ends first."""
    pause = pauses.pause_at(case, at)
    ends = [pause.end] if pause else []
    if case.progress.snoozed_until is not None and pauses.is_snoozed(case, at):
        ends.append(case.progress.snoozed_until)
    return min(ends, default=None)


def _fell_out_of_silence(case: Case, since: datetime, at: datetime) -> bool:
    progress = case.progress
    ends = [pause.until for pause in progress.pauses[-1:] if pause.ended_at is None]
    if progress.snoozed_until is not None:
        ends.append(progress.snoozed_until)
    return any(since <= end <= at for end in ends)


async def _close(tx: Tx, case: Case, event: Event, standing: Sequence[AlarmRow]) -> set[int]:
    """Closes what the change ended; gives the alarms that are forgotten, as if they had not been raised."""
    over = {row.id for row in standing if _is_over(case, event, row)}
    if over:
        await notices.unsay(tx, over)
        await alarms.close(tx, over, f"{event.kind.value} {event.actor}")
    left = {row.id for row in standing} - over
    if not left or event.kind not in SILENCED:
        return set()
    # Raised, but still waiting for somebody's morning: after the silence the rules look at it anew.
    unheard = left & await notices.unsaid(tx, left) - await notices.heard(tx, left)
    if unheard:
        await notices.unsay(tx, unheard)
        await alarms.forget(tx, unheard)
    return unheard


def _is_over(case: Case, event: Event, row: AlarmRow) -> bool:
    if case.state is State.CLOSED or event.kind in CHANGES_HANDS:
        return True
    rung = next(rung for rung in ladder_view(case, event.at) if rung.step is row.step)
    if rung.state in {RungState.DONE, RungState.NOT_NEEDED}:
        return True
    tried = row.level in OF_AN_IDLE_OWNER and case.progress.attempts > 0
    return tried or not is_current(case, row.raised)
