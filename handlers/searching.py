"""Themes for who asks: gathered in one transaction, searched for between, so that what follows has them at hand."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from slack_bolt.async_app import AsyncAck

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking
from bot.flows.figures import themes as flows
from bot.flows.figures.asking import Asked
from bot.flows.figures.themes import Gathered, Searched
from bot.views.figures import themes_words as words
from handlers.desk import Desk
from recovery.errors import Refusal
from store.engine import Tx

Result = TypeVar("Result")
HASTE = 1.5  # seconds that a press or a window waits; Slack gives it three


async def searched(desk: Desk, asked: Asked, asker: Asker) -> Searched:
    """The themes of the programme and period, however long it takes. Raises NotAllowed for who may not see them."""
    found = await _gathered(desk, asked, asker)
    return Searched(found, await desk.themes.find(found.verbatims, found.remembered))


async def searched_soon(desk: Desk, asked: Asked, asker: Asker) -> Searched:
    """The same for who can't wait. Raises Refusal where it takes longer; it goes on, and the next try finds it done."""
    found = await _gathered(desk, asked, asker)
    try:
        return Searched(found, await asyncio.wait_for(desk.themes.find(found.verbatims, found.remembered), HASTE))
    except TimeoutError:
        raise Refusal(words.SEARCHING) from None


async def acked_if_slow(ack: AsyncAck, searching: Awaitable[Result]) -> Result:
    """What the search gives; where it takes longer than Slack waits, the press is acknowledged before it is done.

    Else a press that changes something is acknowledged once that is committed. Twice does no harm.
    """
    asked = asyncio.ensure_future(searching)
    await asyncio.wait({asked}, timeout=HASTE)
    if not asked.done():
        await ack()
    return await asked


async def _gathered(desk: Desk, asked: Asked, asker: Asker) -> Gathered:
    async def flow(tx: Tx) -> Gathered:
        asking.may_see(desk.house, asked, asker)
        return await flows.gather(tx, desk.house, asked.programme.key, asked.period)

    return await desk.look(flow)
