"""Follow-up: did the action hold? From the card, or by the question's buttons with the answer filled in."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.steps import follow_up as view_of
from handlers import forms
from handlers.desk import Body, Desk
from handlers.windows import Draw, Scene, open_window, take_step
from recovery.cases.steps import FollowUpResult


def register(app: AsyncApp, desk: Desk) -> None:
    async def open_with(ack: AsyncAck, body: Body, respond: AsyncRespond, draw: Draw) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_follow_up, draw)

    @app.action(ActionId.FOLLOW_UP.value)
    async def open_follow_up(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await open_with(ack, body, respond, _draw)

    @app.action(ActionId.FOLLOW_UP_HELD.value)
    async def held(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await open_with(ack, body, respond, _answered(FollowUpResult.HELD))

    @app.action(ActionId.FOLLOW_UP_SLIPPED.value)
    async def slipped(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await open_with(ack, body, respond, _answered(FollowUpResult.SLIPPED))

    @app.action(ActionId.FOLLOW_UP_BROKEN.value)
    async def broken(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await open_with(ack, body, respond, _answered(FollowUpResult.BROKEN))

    @app.view(CallbackId.FOLLOW_UP.value)
    async def follow_up(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take_step(desk, ack, body, view, lambda sent: forms.follow_up(sent.form), _draw)


def _answered(result: FollowUpResult) -> Draw:
    return lambda scene: _draw(replace(scene, typed={BlockId.RESULT.value: result.value}))


def _draw(scene: Scene) -> Block:
    return view_of.follow_up(scene.brief, currency=scene.currency, typed=scene.typed, since=scene.since)
