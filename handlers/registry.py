"""`/nps actions`: the action registry, and its windows to plan, finish and drop what is in it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, registry
from bot.house import House
from bot.views import registry_words as words
from bot.views.figures.place import Shown
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.registry import Carried, read_place, read_value
from bot.views.registry_windows import read_metadata
from handlers import forms
from handlers.desk import PATIENCE, Body, Desk, asker_of, show, value_of
from handlers.forms import BadInputs, Form
from recovery.errors import Refusal
from recovery.policy.file import Programme
from recovery.policy.values import is_user_id
from recovery.readouts.registry import Plan
from store.engine import Tx

Window = Callable[[Tx, House, Carried, Asker], Awaitable[Block]]
Change = Callable[[Desk, Carried, Form, Asker], Awaitable[None]]


def register(app: AsyncApp, desk: Desk) -> None:
    for turning in (ActionId.REGISTRY_BACK, ActionId.REGISTRY_NEXT):
        _turn(app, desk, turning)
    _share(app, desk)
    _window(app, desk, ActionId.REGISTRY_PLAN, registry.plan_window)
    _window(app, desk, ActionId.REGISTRY_DONE, registry.done_window)
    _window(app, desk, ActionId.REGISTRY_DROP, registry.drop_window)
    _sent(app, desk, CallbackId.REGISTRY_PLAN, _plan)
    _sent(app, desk, CallbackId.REGISTRY_DONE, _done)
    _sent(app, desk, CallbackId.REGISTRY_DROP, _drop)


async def answer_actions(desk: Desk, asker: Asker, rest: str) -> Look:
    """What was typed behind `/nps actions`. Raises Refusal."""
    asked = asking.read(desk.house, Shown.OVERDUE, rest, asker, desk.db.clock.now())
    programme, said = asked.programme, " ".join(rest.casefold().split())
    if said not in {"", *(" ".join(name.casefold().split()) for name in (programme.key, programme.name))}:
        raise Refusal(words.NO_PERIOD.format(command="/nps", programme=programme.key))
    return await _review(desk, programme, 1, asker)


def _turn(app: AsyncApp, desk: Desk, action: ActionId) -> None:
    @app.action(action.value)
    async def turn(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Another page, in place of the one that was read."""
        await ack()
        try:
            programme, page = _place(desk, body)
            await show(respond, await _review(desk, programme, page, asker_of(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)


def _share(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.REGISTRY_SHARE.value)
    async def share(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        container = body.get("container") or {}
        message = str(container.get("message_ts") or body.get("trigger_id") or "")
        try:
            (programme, page), asker = _place(desk, body), asker_of(body)

            async def flow(tx: Tx) -> Look:
                return await registry.share(tx, desk.house, programme, page, asker, message)

            look = await _fairly(desk, programme, asker, lambda: desk.run(flow))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes something: what Slack shows as taken is committed.
        await ack()
        await show(respond, look)


def _window(app: AsyncApp, desk: Desk, action: ActionId, draw: Window) -> None:
    @app.action(action.value)
    async def open_window(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            carried, asker = read_value(value_of(body)), asker_of(body)
            # In a message there is nothing to replace: it is drawn again by itself.
            carried = replace(carried, respond=(respond.response_url or "") if carried.page else "")
            await desk.open_view(body, await desk.look(lambda tx: draw(tx, desk.house, carried, asker)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)


def _sent(app: AsyncApp, desk: Desk, callback: CallbackId, change: Change) -> None:
    @app.view(callback.value)
    async def take(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        """What was typed is kept, and the list that was read shows it."""
        try:
            carried, asker = read_metadata(view.get("private_metadata")), asker_of(body)
            await change(desk, carried, forms.form_of(view), asker)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors=desk.errors(view, error))
            return
        await ack()
        await desk.show_again(carried.respond, lambda: _again(desk, carried, asker))


async def _plan(desk: Desk, carried: Carried, form: Form, asker: Asker) -> None:
    plan = Plan(
        action=form.text(BlockId.DELIVERABLE),
        owner=form.person(BlockId.OWNER),
        due=form.day(BlockId.DUE),
        criterion=form.text(BlockId.CRITERION),
    )
    form.check()
    if not is_user_id(plan.owner):
        raise BadInputs({BlockId.OWNER.value: words.CHOOSE_OWNER})
    # Slack's window offers everybody in the workspace; whom we have never seen is looked up before we judge.
    await desk.directory.know(plan.owner, patience=PATIENCE)
    await desk.run(lambda tx: registry.plan(tx, desk.house, carried, plan, asker))


async def _done(desk: Desk, carried: Carried, form: Form, asker: Asker) -> None:
    result = form.text(BlockId.EVIDENCE)
    await desk.run(lambda tx: registry.done(tx, desk.house, carried, result, asker))


async def _drop(desk: Desk, carried: Carried, form: Form, asker: Asker) -> None:
    reason = form.text(BlockId.REASON)
    await desk.run(lambda tx: registry.drop(tx, desk.house, carried, reason, asker))


async def _again(desk: Desk, carried: Carried, asker: Asker) -> Look:
    """The list that was read, as it is now."""

    async def flow(tx: Tx) -> Look:
        _, programme = await registry.load(tx, desk.house, carried.item_id)
        return await registry.review(tx, desk.house, programme, carried.page, asker)

    return await desk.look(flow)


async def _review(desk: Desk, programme: Programme, page: int, asker: Asker) -> Look:
    async def look(tx: Tx) -> Look:
        return await registry.review(tx, desk.house, programme, page, asker)

    return await _fairly(desk, programme, asker, lambda: desk.look(look))


async def _fairly(desk: Desk, programme: Programme, asker: Asker, attempt: Callable[[], Awaitable[Look]]) -> Look:
    async def channel(_tx: Tx) -> str:
        return desk.house.channel_of(programme)

    return await desk.fairly_in(channel, asker.user, attempt)


def _place(desk: Desk, body: Body) -> tuple[Programme, int]:
    key, page = read_place(value_of(body))
    programme = desk.house.policy.programmes.get(key)
    if programme is None:
        raise Refusal(words.GONE)
    return programme, page
