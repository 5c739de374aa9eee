"""`/nps status`, `overdue`, `segments`, `leaders`, and the buttons under what they show."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows import asking, figures, sharing
from bot.flows.asking import Asked
from bot.flows.casework import Asker
from bot.views.figures import frame
from bot.views.figures.place import Shown, read_place
from bot.views.ids import ActionId
from bot.views.look import Look
from handlers.desk import PATIENCE, Body, Desk, asker_of, value_of
from recovery.errors import NotAllowed
from store.engine import Tx

log = logging.getLogger(__name__)

TURNING = (
    ActionId.FIGURES_STATUS,
    ActionId.FIGURES_SEGMENTS,
    ActionId.FIGURES_OVERDUE,
    ActionId.FIGURES_LEADERS,
    ActionId.FIGURES_BY,
    ActionId.FIGURES_BACK,
    ActionId.FIGURES_NEXT,
)


def register(app: AsyncApp, desk: Desk) -> None:
    for action in TURNING:

        @app.action(action.value)
        async def turn(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
            """Other figures, or another page, in place of those that were read."""
            await ack()
            try:
                asker = asker_of(body)
                await _replace(respond, await _fairly(desk, _pressed(desk, body), asker, _own))
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
                await desk.refuse(body, respond, error)

    @app.action(ActionId.FIGURES_SHARE.value)
    async def share(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            look = await _fairly(desk, _pressed(desk, body), asker_of(body), partial(_share, message=_message(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes something: what Slack shows as taken is committed.
        await ack()
        await _replace(respond, look)


async def answer(what: Shown, desk: Desk, asker: Asker, rest: str) -> Look:
    """What was typed behind `/nps status` and its like. Raises Refusal."""
    asked = asking.read(desk.house, what, rest, asker, desk.db.clock.now())
    return await _fairly(desk, asked, asker, _own)


async def _own(desk: Desk, asked: Asked, asker: Asker) -> Look:
    counted, about = await desk.look(lambda tx: figures.look(tx, desk.house, asked, asker))
    return frame.own(counted, about)


async def _share(desk: Desk, asked: Asked, asker: Asker, *, message: str) -> Look:
    async def flow(tx: Tx) -> Look:
        return await sharing.share(tx, desk.house, asked, asker, message)

    return await desk.run(flow)


async def _fairly(
    desk: Desk, asked: Asked, asker: Asker, attempt: Callable[[Desk, Asked, Asker], Awaitable[Look]]
) -> Look:
    """The attempt; where who asks may just have joined the channel, again with Slack's own list of it."""
    try:
        return await attempt(desk, asked, asker)
    except NotAllowed:
        channel = desk.house.channel_of(asked.programme)
        if desk.house.directory.is_member(channel, asker.user):
            raise
        await desk.directory.refresh_members(channel, PATIENCE)
        if not desk.house.directory.is_member(channel, asker.user):
            raise
    return await attempt(desk, asked, asker)


def _pressed(desk: Desk, body: Body) -> Asked:
    return asking.of_place(desk.house, read_place(value_of(body)), desk.db.clock.now())


def _message(body: Body) -> str:
    """Which message was pressed in; a press that names none is one of its own."""
    container = body.get("container") or {}
    return str(container.get("message_ts") or body.get("trigger_id") or "")


async def _replace(respond: AsyncRespond, look: Look) -> None:
    """The look takes the place of the one that was pressed in."""
    got = await respond(text=look.text, blocks=list(look.blocks), replace_original=True)
    if got.status_code != HTTPStatus.OK:
        log.warning("figures could not be shown (Slack says %s %s)", got.status_code, got.body)
