"""`/nps readout`: the draft and its window, and publishing it."""

from dataclasses import replace
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases.casework import Asker
from bot.flows.figures import asking, readout_page, readouts
from bot.flows.figures import themes as theme_flows
from bot.flows.figures.themes import Gathered
from bot.views.figures.place import Shown
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Look
from bot.views.readouts import draft, words
from handlers import forms
from handlers.desk import PATIENCE, Body, Desk, asker_of, show, value_of
from handlers.forms import BadInputs, Form
from handlers.searching import acked_if_slow
from recovery.readouts.page import Ask, AskKind, Quote
from store.engine import Tx

ASK_TEXTS = (BlockId.ASK_DECISION, BlockId.ASK_WHO, BlockId.ASK_ACTION)


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.READOUT_OPEN.value)
    async def open_draft(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """From the lead's message that the quarter is over."""
        await ack()
        try:
            look = await _shown(desk, draft.read_value(value_of(body)).readout_id, asker_of(body))
            await show(respond, look, replace_original=False)
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
            await ack(response_action="errors", errors=desk.errors(view, error))
            return
        await ack()
        await desk.show_again(carried.respond, lambda: _shown(desk, carried.readout_id, asker))

    @app.action(ActionId.READOUT_PUBLISH.value)
    async def publish(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            carried, asker = draft.read_value(value_of(body)), asker_of(body)
            await _look_at_channel(desk, carried.readout_id)
            themes = await acked_if_slow(ack, _themes(desk, carried.readout_id))
            look = await desk.run(lambda tx: readouts.publish(tx, desk.house, carried, asker, themes))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes something: what Slack shows as taken is committed.
        await ack()
        await show(respond, look)


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


async def _shown(desk: Desk, readout_id: int, asker: Asker) -> Look:
    themes = await _themes(desk, readout_id)
    return await desk.look(lambda tx: readouts.shown(tx, desk.house, readout_id, asker, themes))


async def _themes(desk: Desk, readout_id: int) -> tuple[Quote, ...]:
    """Searched for outside any transaction: it may take seconds."""

    async def gathered(tx: Tx) -> Gathered:
        readout, programme = await readouts.load(tx, desk.house, readout_id)
        return await theme_flows.gather(tx, desk.house, programme.key, readouts.period_of(desk.house, readout))

    return await readout_page.themes_of(await desk.look(gathered), desk.themes)


async def _look_at_channel(desk: Desk, readout_id: int) -> None:
    """What is published once has to arrive: whether we are in the executives' channel is asked right before."""
    _, programme = await desk.look(lambda tx: readouts.load(tx, desk.house, readout_id))
    if programme.executives:
        await desk.directory.refresh_place(programme.executives, PATIENCE)


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
