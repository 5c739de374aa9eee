"""What the functional partner answers in their message: Done by one click, or It slips… with a note."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, BlockId, CallbackId, read_numbered
from bot.views.look import Block
from bot.views.steps import slipping
from handlers.desk import Body, Desk, asker_of, value_of
from handlers.windows import Scene, Sent, open_window, take
from recovery.errors import UnknownCase


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.PARTNER_DONE.value)
    async def done(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            (case_id, number), asker = read_numbered(value_of(body)), asker_of(body)
            await desk.run(lambda tx: steps.partner_done(tx, desk.house, case_id, number, asker))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
        else:
            # Only now: a click that Slack shows as taken is committed.
            await ack()

    @app.action(ActionId.PARTNER_SLIPS.value)
    async def open_slips(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            case_id, number = read_numbered(value_of(body))
        except UnknownCase as error:
            await desk.refuse(body, respond, error)
        else:
            may = partial(steps.may_answer, number=number)
            await open_window(desk, body, respond, may, _draw, value=str(case_id))

    async def send(sent: Sent) -> None:
        note = sent.form.text(BlockId.NOTE)
        await desk.run(lambda tx: steps.partner_slips(tx, desk.house, sent.seen, note, sent.asker))

    @app.view(CallbackId.PARTNER_SLIPS.value)
    async def slips(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send, _draw)


def _draw(scene: Scene) -> Block:
    return slipping.partner_slips(scene.brief, typed=scene.typed)
