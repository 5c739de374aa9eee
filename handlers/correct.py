"""Correct an entry: which one, then its own window with what was logged in it; or take it out."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import steps
from bot.views import words
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.steps import correcting
from handlers.desk import Body, Desk
from handlers.windows import Scene, Sent, correction, open_window, scene_of, take
from recovery.cases.ladder import correctable
from recovery.errors import FieldRefusal
from store.engine import Tx


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.CORRECT.value)
    async def open_correct(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await open_window(desk, body, respond, steps.may_log, _draw)

    async def send(sent: Sent) -> Block | None:
        number = _number(sent.form.option(BlockId.ENTRY))
        if sent.form.ticked(BlockId.STRIKE):
            reason = sent.form.text(BlockId.REASON)
            await desk.run(lambda tx: steps.strike(tx, desk.house, sent.seen, number, reason, sent.asker))
            return None

        async def allowed(tx: Tx) -> Scene:
            await steps.may_log(tx, desk.house, sent.seen.case_id, sent.asker)
            return await scene_of(tx, desk.house, sent.seen.case_id, sent.asker, version=sent.seen.version)

        return correction(await desk.look(allowed), number)

    @app.view(CallbackId.CORRECT.value)
    async def correct(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        await take(desk, ack, body, view, send, _draw)


def _draw(scene: Scene) -> Block:
    return correcting.correct(
        scene.brief, correctable(scene.history), currency=scene.currency, typed=scene.typed, since=scene.since
    )


def _number(chosen: str) -> int:
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 9):  # noqa: PLR2004 - a billion entries
        raise FieldRefusal(BlockId.ENTRY.value, words.CHOOSE_ONE)
    return int(chosen)
