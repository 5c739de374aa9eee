"""`/nps readout` and `/nps decisions`: the draft and its window, publishing, and the answer to the Ask."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows import asking, readout_page, readouts
from bot.flows.casework import Asker
from bot.views.figures.place import Shown
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block, Look
from bot.views.readouts import draft, words
from bot.views.readouts.decisions import BUTTONS
from bot.views.readouts.draft import Carried
from handlers import forms
from handlers.desk import PATIENCE, Body, Desk, asker_of, value_of
from handlers.forms import BadInputs, Form
from recovery.errors import FieldRefusal, NotAllowed
from recovery.page import Answer, Ask, AskKind, Quote
from store import readouts as rows
from store.engine import Tx

log = logging.getLogger(__name__)
Result = TypeVar("Result")
ASK_TEXTS = (BlockId.ASK_DECISION, BlockId.ASK_WHO, BlockId.ASK_ACTION)


def register(app: AsyncApp, desk: Desk) -> None:
    _register_draft(app, desk)
    _register_decision(app, desk)


def _register_draft(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.READOUT_OPEN.value)
    async def open_draft(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """From the lead's message that the quarter is over."""
        await ack()
        try:
            look = await _shown(desk, draft.read_value(value_of(body)).readout_id, asker_of(body))
            await _say(respond, look, replace_original=False)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.action(ActionId.READOUT_EDIT.value)
    async def edit(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            carried = replace(draft.read_value(value_of(body)), respond=respond.response_url or "")
            asker = asker_of(body)
            await desk.open_view(body, await desk.look(lambda tx: readouts.window(tx, desk.house, carried, asker)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.view(CallbackId.READOUT.value)
    async def save(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        """What was typed is kept, and the draft that was read shows it."""
        try:
            carried, asker = draft.read_metadata(view.get("private_metadata")), asker_of(body)
            reasons, ask = draft.reasons_in(view), _ask(forms.form_of(view))
            await desk.run(lambda tx: readouts.write(tx, desk.house, carried, reasons, ask, asker))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors=_errors(desk, view, error))
            return
        await ack()
        if carried.respond:
            look = await _shown(desk, carried.readout_id, asker)
            answering = AsyncRespond(response_url=carried.respond, proxy=desk.client.proxy, ssl=desk.client.ssl)
            await _say(answering, look, replace_original=True)

    @app.action(ActionId.READOUT_PUBLISH.value)
    async def publish(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            carried, asker = draft.read_value(value_of(body)), asker_of(body)
            themes = await _themes(desk, carried.readout_id)
            look = await desk.run(lambda tx: readouts.publish(tx, desk.house, carried, asker, themes))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes something: what Slack shows as taken is committed.
        await ack()
        await _say(respond, look, replace_original=True)


def _register_decision(app: AsyncApp, desk: Desk) -> None:
    for answer, action in BUTTONS.items():
        _offer(app, desk, answer, action)

    @app.view(CallbackId.DECISION.value)
    async def decide(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        try:
            carried, asker = draft.read_metadata(view.get("private_metadata")), asker_of(body)
            form = forms.form_of(view)
            answer = form.choice(BlockId.KIND, Answer)
            form.check()
            sentence, name = form.text(BlockId.SENTENCE), form.text(BlockId.DECIDED_BY)

            async def flow(tx: Tx) -> None:
                await readouts.decide(tx, desk.house, carried, answer, sentence, name, asker)

            await _as_executive(desk, carried, asker, lambda: desk.run(flow))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors=_errors(desk, view, error))
            return
        await ack()


def _offer(app: AsyncApp, desk: Desk, answer: Answer, action: ActionId) -> None:
    """One of the buttons under the Ask."""

    @app.action(action.value)
    async def ask_why(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            carried, asker = draft.read_value(value_of(body)), asker_of(body)

            async def window(tx: Tx) -> Block:
                return await readouts.decision_window(tx, desk.house, carried, answer, asker)

            await desk.open_view(body, await _as_executive(desk, carried, asker, lambda: desk.look(window)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)


async def answer_readout(desk: Desk, asker: Asker, rest: str) -> Look:
    """What was typed behind `/nps readout`. Raises Refusal."""
    house, named = desk.house, bool(rest.strip())
    asked = asking.read(house, Shown.STATUS, rest, asker, desk.db.clock.now())
    programme = asked.programme
    only_programme = not named or rest.casefold().strip() in {programme.key.casefold(), programme.name.casefold()}

    async def flow(tx: Tx) -> int:
        if only_programme:
            period = await readouts.usual_quarter(tx, house, programme)
        else:
            period = readouts.quarter_of_period(house, asked.period)
        return (await readouts.begin(tx, house, programme, period, asker)).id

    return await _shown(desk, await desk.run(flow), asker)


async def answer_decisions(desk: Desk, asker: Asker, _rest: str) -> Look:
    """What was typed behind `/nps decisions`. Raises NotAllowed."""
    return await desk.look(lambda tx: readouts.decisions(tx, desk.house, asker))


async def _shown(desk: Desk, readout_id: int, asker: Asker) -> Look:
    themes = await _themes(desk, readout_id)
    return await desk.look(lambda tx: readouts.shown(tx, desk.house, readout_id, asker, themes))


async def _themes(desk: Desk, readout_id: int) -> tuple[Quote, ...]:
    """Searched for outside any transaction: it may take seconds."""

    async def written(tx: Tx) -> list[tuple[int, str]]:
        readout, programme = await readouts.load(tx, desk.house, readout_id)
        period = readouts.period_of(desk.house, readout)
        return await rows.answers_of_detractors(tx, programme.key, period.start, period.end)

    return await readout_page.themes_of(await desk.look(written))


async def _as_executive(desk: Desk, carried: Carried, asker: Asker, attempt: Callable[[], Awaitable[Result]]) -> Result:
    """The attempt; for who may just have joined the executives' channel again with Slack's own list of it."""
    try:
        return await attempt()
    except NotAllowed:
        _, programme = await desk.look(lambda tx: readouts.load(tx, desk.house, carried.readout_id))
        channel = desk.house.directory.channel_id(programme.executives or "")
        if not channel or desk.house.directory.is_member(channel, asker.user):
            raise
        await desk.directory.refresh_members(channel, PATIENCE)
        if not desk.house.directory.is_member(channel, asker.user):
            raise
    return await attempt()


def _ask(form: Form) -> Ask | None:
    """The Ask that was typed; None where all of it was left empty. Raises BadInputs for a part of one."""
    typed = {block: form.text(block).strip() for block in ASK_TEXTS}
    due: date | None = form.day_if_any(BlockId.ASK_DUE)
    kind = form.choice(BlockId.ASK_KIND, AskKind)
    form.check()
    if due is None and not any(typed.values()):
        return None
    missing = {block.value: words.FILL_IN for block, text in typed.items() if not text}
    if due is None:
        missing[BlockId.ASK_DUE.value] = words.FILL_IN
    if missing or due is None:
        raise BadInputs(missing)
    return Ask(kind, typed[BlockId.ASK_DECISION], typed[BlockId.ASK_WHO], typed[BlockId.ASK_ACTION], due)


def _errors(desk: Desk, view: Mapping[str, Any], error: Exception) -> dict[str, str]:
    """The sentence at its input; at the first one if it belongs to none that the window has."""
    inputs = [str(block["block_id"]) for block in view.get("blocks") or [] if block.get("type") == "input"]
    first = inputs[0] if inputs else BlockId.SENTENCE.value
    if isinstance(error, BadInputs):
        return {(block if block in inputs else first): said for block, said in error.errors.items()}
    at = error.field if isinstance(error, FieldRefusal) and error.field in inputs else first
    return {at: desk.plainly(error)}


async def _say(respond: AsyncRespond, look: Look, *, replace_original: bool) -> None:
    """Only who pressed reads it."""
    got = await respond(
        text=look.text, blocks=list(look.blocks), response_type="ephemeral", replace_original=replace_original
    )
    if got.status_code != HTTPStatus.OK:
        log.warning("a readout could not be shown (Slack says %s %s)", got.status_code, got.body)
