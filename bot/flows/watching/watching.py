"""The admin hears of winback's own trouble, once, and sees in the same message that it is over."""

import logging
from typing import Final

from bot.house import House
from bot.surfaces import WatchSurface
from bot.views import watching
from bot.views.look import Look
from store import jobs
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.watching import reports

log = logging.getLogger(__name__)

POLICY: Final = "policy"
DAILY: Final = "found:"


async def tell(tx: Tx, house: House, topic: str, text: str) -> bool:
    """One message to the admin about what is so until `mended`; the same again says nothing new.

    False where the admin isn't known in Slack yet, so that nobody could be told.
    """
    admin = _admin(house)
    if not admin:
        return False
    standing = await reports.standing(tx, topic)
    if any(report.text == text for report in standing):
        return True
    # Of several replicas that find the same at the same moment, one tells it.
    if await jobs.once(tx, "watch", str(await reports.told(tx, topic)), topic):
        for report in standing:
            await _over(tx, report)
        await _say(tx, admin, topic, text)
    return True


async def tell_daily(tx: Tx, house: House, kind: str, text: str) -> None:
    """One message a day about this kind of finding."""
    admin = _admin(house)
    if not admin:
        log.warning("the admin of the policy is not known in Slack, so nobody was told: %s", text)
    elif await jobs.once(tx, "watch", tx.now.date().isoformat(), DAILY + kind):
        await _say(tx, admin, DAILY + kind, text)


async def mended(tx: Tx, topic: str) -> None:
    """What was told about the topic is over."""
    for report in await reports.standing(tx, topic):
        await _over(tx, report)


async def look_of(tx: Tx, surface: WatchSurface) -> Look | None:
    """The message as it should look now."""
    report = await reports.get(tx, surface.report)
    if report is None:
        return None
    if report.topic == POLICY:
        return watching.policy_trouble(report.text, report.mended_at)
    return watching.found(report.text)


def _admin(house: House) -> str:
    return house.directory.user_id(house.policy.workspace.admin)


async def _say(tx: Tx, admin: str, topic: str, text: str) -> None:
    report = await reports.add(tx, admin, topic, text)
    await outbox.want(tx, Wanted(str(WatchSurface(report.id)), admin, Rank.ESCALATION))


async def _over(tx: Tx, report: reports.Report) -> None:
    await reports.mend(tx, report)
    await outbox.refresh(tx, str(WatchSurface(report.id)))
