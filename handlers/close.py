"""Close… and Reopen…: how a case ends, and that it goes on after all."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.steps import ending
from handlers import forms
from handlers.desk import Body, Desk
from handlers.windows import Scene, Sent, open_window, take


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.CLOSE.value)
    async def press_close(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_log, draw_close)

    @app.action(ActionId.REOPEN.value)
    async def press_reopen(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_reopen, _draw_reopen)

    async def send_close(sent: Sent) -> None:
        outcome, reason = forms.outcome(sent.form)
        await desk.run(lambda tx: steps.close(tx, desk.house, sent.seen, outcome, reason, sent.asker))

    async def send_reopen(sent: Sent) -> None:
        reason = sent.form.text(BlockId.REASON)
        await desk.run(lambda tx: steps.reopen(tx, desk.house, sent.seen, reason, sent.asker))

    @app.view(CallbackId.CLOSE.value)
    async def close(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send_close, draw_close)

    @app.view(CallbackId.REOPEN.value)
    async def reopen(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send_reopen, _draw_reopen)


def draw_close(scene: Scene) -> Block:
    return ending.close(
        scene.brief,
        currency=scene.currency,
        rules=scene.rules,
        lead=scene.lead,
        typed=scene.typed,
        since=scene.since,
    )


def _draw_reopen(scene: Scene) -> Block:
    return ending.reopen(scene.brief, currency=scene.currency, typed=scene.typed, since=scene.since)
