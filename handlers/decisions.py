"""`/nps decisions`, the answer to the Ask under a published readout, and what a decision changed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases.casework import Asker
from bot.flows.figures import decisions
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.readouts import changed, draft
from bot.views.readouts.decisions import BUTTONS
from bot.views.readouts.draft import Carried
from handlers import forms
from handlers.desk import Body, Desk, asker_of, show, value_of
from recovery.readouts.page import Answer, Changed
from store.engine import Tx

Result = TypeVar("Result")


def register(app: AsyncApp, desk: Desk) -> None:
    for answer, action in BUTTONS.items():
        _offer(app, desk, answer, action)
    _register_decision(app, desk)
    _register_effect(app, desk)
    for action in (ActionId.DECISIONS_BACK, ActionId.DECISIONS_NEXT):
        _turn(app, desk, action)


async def answer(desk: Desk, asker: Asker, _rest: str) -> Look:
    """What was typed behind `/nps decisions`. Raises NotAllowed."""
    return await _listed(desk, asker, 1)


def _register_decision(app: AsyncApp, desk: Desk) -> None:
    @app.view(CallbackId.DECISION.value)
    async def decide(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        try:
            carried, asker = draft.read_metadata(view.get("private_metadata")), asker_of(body)
            form = forms.form_of(view)
            answer = form.choice(BlockId.KIND, Answer)
            form.check()
            sentence, name = form.text(BlockId.SENTENCE), form.text(BlockId.DECIDED_BY)

            async def flow(tx: Tx) -> None:
                await decisions.decide(tx, desk.house, carried, answer, sentence, name, asker)

            await _as_executive(desk, carried, asker, lambda: desk.run(flow))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors=desk.errors(view, error))
            return
        await ack()


def _register_effect(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.READOUT_EFFECT.value)
    async def ask_what(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            noting = replace(changed.read_value(value_of(body)), respond=respond.response_url or "")
            asker = asker_of(body)
            view = await desk.look(lambda tx: decisions.effect_window(tx, desk.house, noting, asker))
            await desk.open_view(body, view)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.view(CallbackId.EFFECT.value)
    async def note(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        """What was typed is kept, and the list that was read shows it."""
        try:
            noting, asker = changed.read_metadata(view.get("private_metadata")), asker_of(body)
            form = forms.form_of(view)
            what, said = form.choice(BlockId.KIND, Changed), form.text(BlockId.SENTENCE)
            form.check()
            await desk.run(lambda tx: decisions.note_effect(tx, desk.house, noting, what, said, asker))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors=desk.errors(view, error))
            return
        await ack()
        await desk.show_again(noting.respond, lambda: _listed(desk, asker, noting.page))


def _offer(app: AsyncApp, desk: Desk, answer: Answer, action: ActionId) -> None:
    """One of the buttons under the Ask."""

    @app.action(action.value)
    async def ask_why(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            carried, asker = draft.read_value(value_of(body)), asker_of(body)

            async def window(tx: Tx) -> Block:
                return await decisions.window(tx, desk.house, carried, answer, asker)

            await desk.open_view(body, await _as_executive(desk, carried, asker, lambda: desk.look(window)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)


def _turn(app: AsyncApp, desk: Desk, action: ActionId) -> None:
    @app.action(action.value)
    async def turn(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Another page in place of the one that was read."""
        await ack()
        try:
            await show(respond, await _listed(desk, asker_of(body), changed.read_page(value_of(body))))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)


async def _listed(desk: Desk, asker: Asker, page: int) -> Look:
    return await desk.look(lambda tx: decisions.listed(tx, desk.house, asker, page))


async def _as_executive(desk: Desk, carried: Carried, asker: Asker, attempt: Callable[[], Awaitable[Result]]) -> Result:
    """The attempt; for who may just have joined the executives' channel again with Slack's own list of it."""

    async def channel(tx: Tx) -> str:
        return await decisions.channel_of(tx, desk.house, carried.readout_id)

    return await desk.fairly_in(channel, asker.user, attempt)
