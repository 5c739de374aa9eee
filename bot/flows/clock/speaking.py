"""Gathers what there is to say to one person into one message, never more than one in a while."""

from datetime import datetime, timedelta

from bot.flows.cases.rosters import absence_of
from bot.flows.cases.settle import is_gone
from bot.flows.clock.ringing import tell_others
from bot.house import House
from bot.surfaces import BulletinSurface, HomeSurface
from store.cases import notices
from store.cases.notices import BulletinKind
from store.engine import Tx
from store.slack import lanes, outbox
from store.slack.outbox import Rank, Wanted

SPEAK_LANE = "speak:"


async def due(tx: Tx, house: House) -> list[str]:
    """To whom something may be said now; whose last message is too young still waits, and gets all of it then."""
    waiting = await notices.waiting(tx)
    return [user for user, last in waiting.items() if _may_hear(house, last, tx.now)]


async def speak(tx: Tx, house: House, user: str) -> int | None:
    """Makes one message of all that may be said to this person (or channel) now; its number.

    None where nothing is left to say, or another replica is at it: whoever takes the person's lane does it. To
    somebody who left since it was raised nothing is said; somebody else hears.
    """
    if not await lanes.take_turn(tx, SPEAK_LANE + user):
        return None
    if not _may_hear(house, await notices.said_last(tx, user), tx.now):
        return None
    if is_gone(house, user) or await absence_of(tx, house, user):
        await tell_others(tx, house, user)
        return None
    bulletin = await notices.make_bulletin(tx, user, BulletinKind.ALERTS)
    if not await notices.say(tx, user, bulletin):
        await notices.drop_bulletin(tx, bulletin)
        return None
    outage = await notices.outage_of(tx, bulletin)
    if outage:
        await notices.tell_about(tx, bulletin, {"outage": outage})
    await outbox.want(tx, Wanted(str(BulletinSurface(user, bulletin)), user, Rank.ESCALATION))
    await outbox.refresh(tx, str(HomeSurface(user)))
    return bulletin


def _may_hear(house: House, last: datetime | None, at: datetime) -> bool:
    return last is None or last + timedelta(minutes=house.policy.escalation.digest_minutes) <= at
