"""Links to pages: the button under a readout, and `/nps export`."""

import logging

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases.casework import Asker
from bot.flows.figures import pages, readouts
from bot.views.ids import ActionId
from bot.views.look import Look
from bot.views.readouts import draft
from handlers.desk import Body, Desk, asker_of, show, value_of
from store.engine import Tx

log = logging.getLogger(__name__)

LONGEST_LOGGED = 100


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.READOUT_PRINT.value)
    async def link(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """A new link at every press, for who pressed alone."""
        await ack()
        try:
            look = await _link(desk, draft.read_value(value_of(body)).readout_id, asker_of(body))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)
            return
        await show(respond, look, replace_original=False)

    @app.action(ActionId.PAGE_LINK.value)
    async def opened(ack: AsyncAck) -> None:
        """Slack opens the page by itself and only wants to hear that we know."""
        await ack()


async def answer_export(desk: Desk, asker: Asker, rest: str) -> Look:
    """What was typed behind `/nps export`. Raises Refusal."""
    look = pages.export_link(desk.house, rest, asker, desk.db.clock.now())
    log.info("%s was given a way to an export (typed: %r)", asker.user, rest[:LONGEST_LOGGED])
    return look


async def _link(desk: Desk, readout_id: int, asker: Asker) -> Look:
    async def executives(tx: Tx) -> str:
        _, programme = await readouts.load(tx, desk.house, readout_id)
        return desk.house.directory.channel_id(programme.executives or "")

    async def attempt() -> Look:
        return await desk.look(lambda tx: pages.readout_link(tx, desk.house, readout_id, asker))

    return await desk.fairly_in(executives, asker.user, attempt)
