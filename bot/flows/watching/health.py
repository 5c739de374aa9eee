"""Whether winback is at work: what waits for too long, in sentences."""

from datetime import datetime, timedelta
from typing import Final

from bot.house import House
from store.engine import Tx
from store.watching import overdue

TOO_LATE: Final = timedelta(minutes=15)


async def problems(tx: Tx, house: House, locked_out: str = "") -> list[str]:
    """A sentence for each thing that is wrong; `locked_out` is Slack's word for why it refuses our token, or "".

    All moments are business time, as is `tx.now`: the outbox and the inbox keep when something was asked for.
    """
    found = [f"Slack refuses our token ({locked_out})."] if locked_out else []
    oldest = await overdue.oldest(tx)
    # Whoever got a message just before gets the next one no sooner than this.
    digest = timedelta(minutes=house.policy.escalation.digest_minutes)
    waiting: tuple[tuple[datetime | None, str], ...] = (
        (oldest.receipt, "A delivery waits since {}."),
        (oldest.timer, "A timer should have rung at {}."),
        (oldest.notice and oldest.notice + digest, "An escalation should have been said at {}."),
        (oldest.escalation, "An escalation waits since {}."),
        (oldest.refused, "A message can't be brought to Slack since {}."),
    )
    return found + [words.format(at.isoformat()) for at, words in waiting if at and tx.now - at > TOO_LATE]
