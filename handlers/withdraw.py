"""Withdraw…: a lead takes a test, a wrong person, a corrected score or a duplicate out of the figures."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.flows import casework
from bot.views import modals, words
from bot.views.ids import ActionId, BlockId, CallbackId, read_metadata
from handlers.desk import Body, Desk, asker_of


def register(app: AsyncApp, desk: Desk) -> None:
    @app.view(CallbackId.WITHDRAW.value)
    async def withdraw(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        try:
            case_id, _ = read_metadata(view["private_metadata"])
            chosen = (values[BlockId.KIND.value][ActionId.WITHDRAW_KIND.value].get("selected_option") or {}).get(
                "value"
            )
            reason = values[BlockId.REASON.value][ActionId.WITHDRAW_REASON.value].get("value") or ""
            if not chosen or not reason.strip():
                missing = {BlockId.REASON.value: words.SAY_WHY} if chosen else {BlockId.KIND.value: words.CHOOSE_A_KIND}
                await ack(response_action="errors", errors=missing)
                return
            kind = modals.WithdrawKind(chosen)
            full = f"{kind.label}: {reason.strip()}"
            await desk.run(lambda tx: casework.withdraw(tx, desk.house, case_id, kind.outcome, full, asker_of(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack(response_action="errors", errors={BlockId.REASON.value: desk.plainly(error)})
        else:
            await ack()
