"""Pause or snooze…, and Snooze… under a reminder: until when, and why."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import silencing
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.steps import pausing
from handlers.desk import Body, Desk, asker_of
from handlers.windows import Draw, May, Scene, Sent, open_window, take
from recovery.cases.case import Case
from recovery.errors import NotAllowed
from recovery.policy.clock import PauseRules
from store.engine import Tx

Flow = Callable[..., Awaitable[Case]]


class Kind(StrEnum):
    """What the window of the card's menu asks first."""

    PAUSE = pausing.PAUSE
    SNOOZE = pausing.SNOOZE


FLOWS: dict[Kind, Flow] = {Kind.PAUSE: silencing.pause, Kind.SNOOZE: silencing.snooze}


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.SNOOZE.value)
    async def press_snooze(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, silencing.may_snooze, draw(desk, pausing.snooze))

    async def send_pause(sent: Sent) -> None:
        await _send(desk, sent, sent.form.choice(BlockId.KIND, Kind))

    async def send_snooze(sent: Sent) -> None:
        await _send(desk, sent, Kind.SNOOZE)

    @app.view(CallbackId.PAUSE.value)
    async def pause(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send_pause, draw(desk, pausing.pause))

    @app.view(CallbackId.SNOOZE.value)
    async def snooze(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send_snooze, draw(desk, pausing.snooze))


async def open_pause(desk: Desk, body: Body, respond: AsyncRespond, case_id: int) -> None:
    """The window of the card's menu; for somebody who may not move the deadlines, the one about reminders alone."""
    asker = asker_of(body)

    async def may(tx: Tx) -> bool:
        try:
            await silencing.may_pause(tx, desk.house, case_id, asker)
        except NotAllowed as refusal:
            try:
                await silencing.may_snooze(tx, desk.house, case_id, asker)
            except NotAllowed:
                raise refusal from None
            return False
        return True

    whole = await desk.look(may)
    allowed: May = silencing.may_pause if whole else silencing.may_snooze
    window = draw(desk, pausing.pause if whole else pausing.snooze)
    await open_window(desk, body, respond, allowed, window, str(case_id))


def draw(desk: Desk, view: Callable[..., Block]) -> Draw:
    """One of the windows, with the limits of the policy as it is now."""

    def drawn(scene: Scene) -> Block:
        rules: PauseRules = desk.house.policy.pause
        return view(scene.brief, currency=scene.currency, rules=rules, typed=scene.typed, since=scene.since)

    return drawn


async def _send(desk: Desk, sent: Sent, kind: Kind) -> None:
    until, reason = sent.form.moment(BlockId.UNTIL), sent.form.text(BlockId.REASON)
    sent.form.check()
    await desk.run(lambda tx: FLOWS[kind](tx, desk.house, sent.seen, until, reason, sent.asker))
