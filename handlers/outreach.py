"""Log outreach: how, when and with what result somebody got in touch."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, CallbackId
from bot.views.look import Block
from bot.views.steps import outreach as view_of
from handlers import forms
from handlers.desk import Body, Desk
from handlers.windows import Scene, open_window, take_step


def register(app: AsyncApp, desk: Desk) -> None:
    def draw(scene: Scene) -> Block:
        template = desk.house.policy.drafts.outreach
        return view_of.outreach(
            scene.brief,
            currency=scene.currency,
            draft=view_of.draft_of(scene.brief, template, scene.sender),
            typed=scene.typed,
            since=scene.since,
        )

    @app.action(ActionId.LOG_OUTREACH.value)
    async def open_outreach(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_log, draw)

    @app.view(CallbackId.OUTREACH.value)
    async def outreach(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take_step(desk, ack, body, view, lambda sent: forms.outreach(sent.form), draw)
