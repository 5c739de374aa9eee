"""`/nps status`, `overdue`, `segments`, `leaders`, `themes`, and the buttons under what they show."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, figures, sharing
from bot.flows.figures.asking import Asked
from bot.flows.figures.themes import Searched
from bot.views.figures import frame
from bot.views.figures.place import Shown, read_place
from bot.views.ids import ActionId
from bot.views.look import Look
from handlers.desk import PATIENCE, Body, Desk, asker_of, show, value_of
from handlers.searching import acked_if_slow, searched
from store.engine import Tx

Result = TypeVar("Result")
TURNING = (
    ActionId.FIGURES_STATUS,
    ActionId.FIGURES_SEGMENTS,
    ActionId.FIGURES_OVERDUE,
    ActionId.FIGURES_LEADERS,
    ActionId.FIGURES_THEMES,
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
                await show(respond, await _answered(desk, _pressed(desk, body), asker))
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
                await desk.refuse(body, respond, error)

    @app.action(ActionId.FIGURES_SHARE.value)
    async def share(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            asked, asker = _pressed(desk, body), asker_of(body)
            # What is shared once has to arrive: whether we are in the channel is asked right before.
            await desk.directory.refresh_place(asker.channel, PATIENCE)
            look = await fairly(desk, asked, asker, lambda: _share(desk, ack, asked, asker, _message(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes something: what Slack shows as taken is committed.
        await ack()
        await show(respond, look)


async def answer(what: Shown, desk: Desk, asker: Asker, rest: str) -> Look:
    """What was typed behind `/nps status` and its like. Raises Refusal."""
    asked = asking.read(desk.house, what, rest, asker, desk.db.clock.now())
    return await _answered(desk, asked, asker)


async def own(desk: Desk, asked: Asked, asker: Asker) -> Look:
    """The figures as who asks reads them. Raises NotAllowed."""
    found = await _searched(desk, asked, asker)
    counted, about = await desk.look(lambda tx: figures.look(tx, desk.house, asked, asker, found))
    return frame.own(counted, about)


async def _answered(desk: Desk, asked: Asked, asker: Asker) -> Look:
    return await fairly(desk, asked, asker, lambda: own(desk, asked, asker))


async def _searched(desk: Desk, asked: Asked, asker: Asker) -> Searched | None:
    return await searched(desk, asked, asker) if asked.place.what is Shown.THEMES else None


async def _share(desk: Desk, ack: AsyncAck, asked: Asked, asker: Asker, message: str) -> Look:
    found = await acked_if_slow(ack, _searched(desk, asked, asker))

    async def flow(tx: Tx) -> Look:
        return await sharing.share(tx, desk.house, asked, asker, message, found)

    return await desk.run(flow)


async def fairly(desk: Desk, asked: Asked, asker: Asker, attempt: Callable[[], Awaitable[Result]]) -> Result:
    """The attempt; for who may just have joined the programme's channel again with Slack's own list of it."""

    async def channel(_tx: Tx) -> str:
        return desk.house.channel_of(asked.programme)

    return await desk.fairly_in(channel, asker.user, attempt)


def _pressed(desk: Desk, body: Body) -> Asked:
    return asking.of_place(desk.house, read_place(value_of(body)), desk.db.clock.now())


def _message(body: Body) -> str:
    """Which message was pressed in; a press that names none is one of its own."""
    container = body.get("container") or {}
    return str(container.get("message_ts") or body.get("trigger_id") or "")
