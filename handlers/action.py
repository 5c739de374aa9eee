"""Commit action: what is promised, by whom, by when; a vague promise comes back once with the words found."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, CallbackId
from bot.views.look import Block
from bot.views.steps import action as view_of
from handlers import forms
from handlers.desk import Body, Desk
from handlers.windows import Scene, open_window, take_step


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.COMMIT_ACTION.value)
    async def open_action(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_log, _draw)

    @app.view(CallbackId.ACTION.value)
    async def action(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take_step(desk, ack, body, view, lambda sent: forms.action(sent.form, sent.challenged), _draw)


def _draw(scene: Scene) -> Block:
    return view_of.action(
        scene.brief, currency=scene.currency, typed=scene.typed, challenges=scene.challenges, since=scene.since
    )
