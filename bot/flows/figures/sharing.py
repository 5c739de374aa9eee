"""Figures for a whole channel: kept as they were seen, then posted by the outbox, once for each press."""

from bot.flows.cases.casework import Asker
from bot.flows.figures import figures
from bot.flows.figures.asking import Asked
from bot.flows.figures.themes import Searched
from bot.house import House
from bot.surfaces import SharedSurface
from bot.views import trouble
from bot.views.figures import frame, words
from bot.views.figures.place import place_value
from bot.views.look import Look
from recovery.errors import NotAllowed, Refusal
from store import jobs
from store.engine import Tx
from store.figures import shares
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

JOB = "share"


async def share(
    tx: Tx, house: House, asked: Asked, asker: Asker, message: str, searched: Searched | None = None
) -> Look:
    """Ask for the figures to be posted where they are read, and give what their reader sees from now on.

    `message` names the reader's own message, in which the button was pressed: however often, what stands there is
    posted once. Raises NotAllowed for who may not see the programme, and in a channel that isn't its own.
    """
    counted, about = await figures.look(tx, house, asked, asker, searched)
    if not about.may_share:
        raise NotAllowed(words.WRONG_CHANNEL.format(channel=f"<#{about.channel}>"))
    refuse_closed(house, asker.channel)
    if await jobs.once(tx, JOB, f"{asker.user}:{message}", place_value(asked.place)):
        posted = frame.shared(counted, asker.user)
        kept = await shares.add(tx, asker.channel, posted.text, posted.blocks)
        await outbox.want(tx, Wanted(str(SharedSurface(asker.channel, kept.id)), asker.channel, Rank.CARD))
    return frame.after_sharing(counted, asker.channel)


def refuse_closed(house: House, channel: str) -> None:
    """Raise Refusal for a channel in which we can't post, as far as we know: nobody would read there what we say."""
    closed = next((place for place in house.directory.places_of(channel) if place.is_closed), None)
    if closed is not None:
        raise Refusal(trouble.said(channel, closed.problem))


async def look_of(tx: Tx, surface: SharedSurface) -> Look | None:
    """The figures as they were when they were shared; None where nothing is kept of them."""
    kept = await shares.get(tx, surface.number)
    if kept is None or kept.channel != surface.channel:
        return None
    return Look(kept.text, tuple(dict(block) for block in kept.blocks))
