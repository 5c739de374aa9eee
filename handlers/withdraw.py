"""Withdraw…: a lead takes a test, a wrong person, a corrected score or a duplicate out of the figures."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.flows.cases import casework
from bot.views import modals, words
from bot.views.ids import ActionId, BlockId, CallbackId, read_metadata
from handlers.desk import Body, Desk, asker_of

KINDS = {kind.value: kind for kind in modals.WithdrawKind}


def register(app: AsyncApp, desk: Desk) -> None:
    @app.view(CallbackId.WITHDRAW.value)
    async def withdraw(ack: AsyncAck, body: Body, view: dict[str, Any]) -> None:
        try:
            missing = await _withdraw(desk, body, view)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            missing = {BlockId.REASON.value: desk.plainly(error)}
        if missing:
            await ack(response_action="errors", errors=missing)
        else:
            await ack()


async def _withdraw(desk: Desk, body: Body, view: dict[str, Any]) -> dict[str, str]:
    """What is missing, by block; nothing where the case was withdrawn."""
    values = view["state"]["values"]
    case_id, _ = read_metadata(view["private_metadata"])
    chosen = values[BlockId.KIND.value][ActionId.WITHDRAW_KIND.value].get("selected_option") or {}
    kind = KINDS.get(str(chosen.get("value")))
    reason = (values[BlockId.REASON.value][ActionId.WITHDRAW_REASON.value].get("value") or "").strip()
    missing = {} if kind else {BlockId.KIND.value: words.CHOOSE_A_KIND}
    if not reason:
        missing[BlockId.REASON.value] = words.SAY_WHY
    if kind is None or missing:
        return missing
    full, asker = f"{kind.label}: {reason}", asker_of(body)
    await desk.run(lambda tx: casework.withdraw(tx, desk.house, case_id, kind.outcome, full, asker))
    return {}
