"""Where a card can be opened in Slack."""

from bot.surfaces import CardSurface
from store.engine import Tx
from store.slack import outbox


def permalink(channel: str, ts: str) -> str:
    """The address of a message; "" for one that is not posted. Slack sends it on to the workspace it belongs to."""
    return f"https://slack.com/archives/{channel}/p{ts.replace('.', '')}" if ts else ""


async def card_link(tx: Tx, case_id: int) -> str:
    """The address of the case's card; "" until it is posted."""
    shown = await outbox.where_shown(tx, str(CardSurface(case_id)))
    return permalink(*shown) if shown else ""
