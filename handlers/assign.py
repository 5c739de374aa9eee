"""Assign… and Reassign…: a lead names the owner in a modal."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import briefing, casework
from bot.views import modals, words
from bot.views.ids import ActionId, BlockId, CallbackId, read_case, read_metadata
from handlers.desk import PATIENCE, Body, Desk, asker_of, value_of
from recovery.errors import Refusal


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.ASSIGN.value)
    async def open_assign(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            await open_window(desk, body, read_case(value_of(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.view(CallbackId.ASSIGN.value)
    async def assign(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        try:
            await _assign(desk, body, view)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors={BlockId.OWNER.value: desk.plainly(error)})
        else:
            await ack()


async def open_window(desk: Desk, body: Body, case_id: int) -> None:
    """Asks who takes the case. Raises NotAllowed and what Slack says."""
    await desk.look(lambda tx: casework.may_assign(tx, desk.house, case_id, asker_of(body)))
    brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
    await desk.open_view(body, modals.assign(brief, currency=desk.house.policy.workspace.currency))


async def _assign(desk: Desk, body: Body, view: dict[str, Any]) -> None:
    values = view["state"]["values"]
    case_id, seen = read_metadata(view["private_metadata"])
    to = values[BlockId.OWNER.value][ActionId.ASSIGN_OWNER.value].get("selected_user") or ""
    note = values[BlockId.NOTE.value][ActionId.ASSIGN_NOTE.value].get("value") or ""
    if not to:
        raise Refusal(words.CHOOSE_OWNER)
    asker = asker_of(body)
    # Slack offers everybody in the workspace; whom we have never seen is looked up before we judge.
    await desk.directory.know(to, patience=PATIENCE)
    await desk.fairly(
        case_id,
        to,
        lambda: desk.run(lambda tx: casework.assign(tx, desk.house, case_id, to, asker, note, seen=seen)),
    )
