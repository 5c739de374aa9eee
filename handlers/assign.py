"""Assign… and Reassign…: a lead names the owner in a modal."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows import briefing, casework
from bot.views import modals, words
from bot.views.ids import ActionId, BlockId, CallbackId, read_case, read_metadata
from handlers.desk import Body, Desk, asker_of, sentence_of, tell


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.ASSIGN.value)
    async def open_assign(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            case_id = read_case(body["actions"][0]["value"])
            await desk.look(lambda tx: casework.may_assign(tx, desk.house, case_id, asker_of(body)))
            brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
            view = modals.assign(brief, currency=desk.house.policy.workspace.currency)
            await desk.client.views_open(trigger_id=body["trigger_id"], view=view)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await tell(respond, sentence_of(error))

    @app.view(CallbackId.ASSIGN.value)
    async def assign(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        try:
            case_id, _ = read_metadata(view["private_metadata"])
            to = values[BlockId.OWNER.value][ActionId.ASSIGN_OWNER.value].get("selected_user") or ""
            note = values[BlockId.NOTE.value][ActionId.ASSIGN_NOTE.value].get("value") or ""
            if not to:
                await ack(response_action="errors", errors={BlockId.OWNER.value: words.CHOOSE_OWNER})
                return
            await desk.directory.know(to, patience=1.0)
            await desk.run(lambda tx: casework.assign(tx, desk.house, case_id, to, asker_of(body), note))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors={BlockId.OWNER.value: desk.plainly(error)})
        else:
            await ack()
