"""Log conversation: with whom, why they are unhappy in their own words, and what they want changed."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, CallbackId
from bot.views.look import Block
from bot.views.steps import conversation as view_of
from handlers import forms
from handlers.desk import Body, Desk
from handlers.windows import Scene, open_window, take_step


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.LOG_CONVERSATION.value)
    async def open_conversation(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_log, _draw)

    @app.view(CallbackId.CONVERSATION.value)
    async def conversation(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take_step(desk, ack, body, view, lambda sent: forms.conversation(sent.form), _draw)


def _draw(scene: Scene) -> Block:
    return view_of.conversation(
        scene.brief,
        currency=scene.currency,
        root_causes=scene.rules.root_causes,
        typed=scene.typed,
        since=scene.since,
    )
