"""Looks for work that should have happened, does it, and counts it; independent of the workers whose work it is."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from bot import looks
from bot.flows.cases.settle import channel_of, timers_of
from bot.flows.clock import clock, ringing, speaking
from bot.house import House
from bot.surfaces import BulletinSurface, CardSurface
from bot.views.watching import UNREADABLE
from recovery.cases.case import Case
from store.cases import alarms, cases, timers
from store.cases.alarms import AlarmRow
from store.cases.notices import BulletinKind
from store.cases.timers import TimerKind
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.watching import audits

log = logging.getLogger(__name__)

LATE = timedelta(minutes=15)
NOT_UNDERSTOOD = timedelta(minutes=10)
# Older messages are nobody's hurry any more; what they said is said again by the next alarm.
ORPHANS_OF = timedelta(days=7)
A_BREATH = 10  # cases between two moments in which others may work
MOST = 200


class Finding(StrEnum):
    """What the auditor finds. `cards` are drawn again without a word: time alone makes a card look different.

    `unreadable`: cases that are left as they are, because their row, the rules or their card fail.
    """

    CLOCK = "clock"
    FOLLOW_UP = "follow_up"
    UNTOLD = "untold"
    UNSAID = "unsaid"
    UNSENT = "unsent"
    CARDS = "cards"
    RECEIPTS = "receipts"
    TIMERS = "timers"
    UNREADABLE = UNREADABLE


@dataclass(frozen=True, slots=True)
class Looked:
    """Which of some cases, by number, are not as they should be, and of which that can't be said."""

    wrong: tuple[int, ...] = ()
    unreadable: tuple[int, ...] = ()


async def clockless(tx: Tx, house: House, case_ids: Sequence[int], *, missing: bool = True) -> Looked:
    """Those of these cases whose timer rings later than it should, or, with `missing`, isn't there."""
    found, unreadable = await _read(tx, case_ids)
    raised = await alarms.of_cases(tx, case_ids)
    known = await audits.timers_of(tx, case_ids)
    wrong = []
    for place, (number, case) in enumerate(sorted(found.items())):
        if place % A_BREATH == A_BREATH - 1:
            await asyncio.sleep(0)
        try:
            should = _should_ring(house, case, raised.get(number, ()), tx.now)
        except Exception:
            log.exception("the clock of case %s can't be read", number)
            unreadable.append(number)
            continue
        due = known.get((number, TimerKind.CLOCK))
        if should is None or (due is None and not missing):
            continue
        if due is None or due > max(should, tx.now) + LATE:
            wrong.append(number)
    return Looked(tuple(wrong), tuple(unreadable))


async def set_clocks(tx: Tx, house: House, case_ids: Sequence[int]) -> int:
    """Sets the timers of those of these cases that are still without the right one; how many."""
    repaired = 0
    for number in sorted(case_ids):
        case = await cases.lock(tx, number)
        if (await clockless(tx, house, [number])).wrong:
            await clock.look_again(tx, house, case)
            repaired += 1
    return repaired


async def unasked(tx: Tx, house: House, case_ids: Sequence[int]) -> Looked:
    """Those of these cases about whose action nobody was asked, or will be."""
    known = await audits.timers_of(tx, case_ids)
    found, unreadable = await _read(tx, [number for number in case_ids if (number, TimerKind.FOLLOW_UP) not in known])
    wrong = []
    for number, case in sorted(found.items()):
        try:
            should = timers_of(house, case)[TimerKind.FOLLOW_UP]
        except Exception:
            log.exception("the follow-up of case %s can't be read", number)
            unreadable.append(number)
            continue
        progress = case.progress
        if should and not await audits.was_asked(tx, number, progress.commitments, progress.slips):
            wrong.append(number)
    return Looked(tuple(wrong), tuple(unreadable))


async def set_follow_ups(tx: Tx, house: House, case_ids: Sequence[int]) -> int:
    """Sets the timers of those of these cases that are still without one; how many."""
    repaired = 0
    for number in sorted(case_ids):
        case = await cases.lock(tx, number)
        if (await unasked(tx, house, [number])).wrong:
            await timers.follow(tx, number, timers_of(house, case))
            repaired += 1
    return repaired


async def untold(tx: Tx, house: House) -> int:
    """How many alarms were to be said and will reach nobody."""
    return len(await audits.untold(tx, house.policy.programmes, MOST))


async def tell_untold(tx: Tx, house: House) -> int:
    """Lets those alarms be said; how many."""
    lost = await alarms.get(tx, await audits.untold(tx, house.policy.programmes, MOST))
    found = {number: await cases.lock(tx, number) for number in sorted({row.case_id for row in lost})}
    # Somebody may have acted on a case while we waited for it.
    standing = {row.id for row in await alarms.get(tx, [row.id for row in lost]) if row.closed_at is None}
    spoken = [row for row in lost if row.id in standing]
    if spoken:
        await ringing.tell(tx, house, found, spoken)
    return len(spoken)


async def unsaid(tx: Tx, house: House) -> int:
    """For how many people something was to be said long ago and stands in no message yet."""
    return len(await audits.unsaid(tx, _long_ago(tx, house)))


async def say_unsaid(tx: Tx, house: House) -> int:
    """Makes the messages that nobody made; how many."""
    made = [await speaking.speak(tx, house, user) for user in await audits.unsaid(tx, _long_ago(tx, house))]
    return sum(bulletin is not None for bulletin in made)


async def unsent(tx: Tx, _house: House) -> int:
    """How many messages nobody asked Slack to show."""
    return len(await audits.orphans(tx, tx.now - ORPHANS_OF, MOST))


async def send_unsent(tx: Tx, _house: House) -> int:
    """Asks Slack to show those messages; how many."""
    lost = await audits.orphans(tx, tx.now - ORPHANS_OF, MOST)
    if lost:
        wanted = (Wanted(str(BulletinSurface(each.user, each.id)), each.user, _rank(each)) for each in lost)
        await outbox.want(tx, *wanted)
    return len(lost)


async def behind(tx: Tx, house: House, case_ids: Sequence[int]) -> Looked:
    """Those of these cases whose card in Slack does not show them as they are, or that have none."""
    resting = await audits.at_rest(tx, case_ids)
    found, unreadable = await _read(tx, [each.case_id for each in resting])
    wrong = []
    for card in resting:
        if card.case_id not in found:
            continue
        try:
            drawn = await looks.draw(tx, house, str(CardSurface(card.case_id))) if card.hash is not None else None
        except DBAPIError:
            raise
        except Exception:
            log.exception("the card of case %s can't be drawn", card.case_id)
            unreadable.append(card.case_id)
            continue
        if card.hash is None or (drawn is not None and drawn.hash != card.hash):
            wrong.append(card.case_id)
        await asyncio.sleep(0)
    return Looked(tuple(wrong), tuple(unreadable))


async def draw_again(tx: Tx, house: House, case_ids: Collection[int]) -> int:
    """Asks for the cards of these cases; how many."""
    found = sorted((await cases.many(tx, case_ids)).items())
    if found:
        await outbox.want(
            tx, *(Wanted(str(CardSurface(number)), channel_of(house, case), Rank.REFRESH) for number, case in found)
        )
    return len(found)


async def wake_receipts(tx: Tx, _house: House) -> int:
    """Wakes whoever understands deliveries; how many of them wait for too long."""
    return await audits.not_understood(tx, tx.now - NOT_UNDERSTOOD)


async def wake_timers(tx: Tx, _house: House) -> int:
    """Wakes whoever takes timers; how many of them should have rung long ago."""
    many = await audits.overdue_timers(tx, tx.now - LATE)
    if many:
        tx.ring(timers.TOPIC)
    return many


async def _read(tx: Tx, case_ids: Collection[int]) -> tuple[dict[int, Case], list[int]]:
    """These cases, by number, and those of them that can't be read: one such row must not hide the others."""
    try:
        return await cases.many(tx, case_ids), []
    except DBAPIError:
        raise
    except Exception:  # noqa: BLE001 - logged below, for the case that it is
        log.warning("one of %s cases can't be read; one by one now", len(case_ids))
    found: dict[int, Case] = {}
    unreadable = []
    for number in case_ids:
        try:
            found |= await cases.many(tx, [number])
        except DBAPIError:
            raise
        except Exception:
            log.exception("case %s can't be read", number)
            unreadable.append(number)
    return found, unreadable


def _should_ring(house: House, case: Case, raised: Sequence[AlarmRow], at: datetime) -> datetime | None:
    """When the case's clock has to ring. Raises what the rules raise, here or in the ring itself."""
    ringing.due_of(house, case, raised, at)
    return clock.rings_at(house, case, raised, at)


def _long_ago(tx: Tx, house: House) -> datetime:
    """Before which moment a word should have been said, even to somebody who got a message just before."""
    return tx.now - LATE - timedelta(minutes=house.policy.escalation.digest_minutes)


def _rank(orphan: audits.Orphan) -> Rank:
    return Rank.ESCALATION if orphan.kind is BulletinKind.ALERTS else Rank.CARD
