"""The card's menu: history, withdraw…, and the button of a closed card that shows the history."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows import briefing, casework
from bot.views import history as history_view
from bot.views import modals
from bot.views.ids import ActionId, More, read_case, read_more
from handlers.desk import Body, Desk, asker_of, sentence_of, tell
from recovery import roles
from store import cases


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.MORE.value)
    async def more(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            choice, case_id = read_more(body["actions"][0]["selected_option"]["value"])
            if choice is More.WITHDRAW:
                await _open_withdraw(desk, body, case_id)
            elif choice is More.HISTORY:
                await _open_history(desk, body, case_id)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await tell(respond, sentence_of(error))

    @app.action(ActionId.HISTORY.value)
    async def history(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            await _open_history(desk, body, read_case(body["actions"][0]["value"]))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await tell(respond, sentence_of(error))

    @app.action(ActionId.OPEN_CARD.value)
    async def followed_a_link(ack: AsyncAck) -> None:
        await ack()


async def _open_withdraw(desk: Desk, body: Body, case_id: int) -> None:
    await desk.look(lambda tx: casework.may(tx, desk.house, case_id, asker_of(body), roles.check_withdraw))
    brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
    view = modals.withdraw(brief, currency=desk.house.policy.workspace.currency)
    await desk.client.views_open(trigger_id=body["trigger_id"], view=view)


async def _open_history(desk: Desk, body: Body, case_id: int) -> None:
    await desk.look(lambda tx: casework.see(tx, desk.house, case_id, asker_of(body)))
    brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
    events = await desk.look(lambda tx: cases.history(tx, case_id))
    view = history_view.history(brief, events, currency=desk.house.policy.workspace.currency)
    await desk.client.views_open(trigger_id=body["trigger_id"], view=view)
