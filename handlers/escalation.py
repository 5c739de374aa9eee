"""One click on a message about an alarm: I'm on it, Take over, and Resume of a case that waits."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import silencing
from bot.flows.cases.casework import Asker
from bot.flows.clock import answering
from bot.house import House
from bot.views.ids import ActionId, read_case, read_numbered
from handlers import claim
from handlers.claim import Flow
from handlers.desk import Body, Desk, asker_of, value_of
from recovery.cases.case import Case
from store.engine import Tx


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.ON_IT.value)
    async def on_it(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            case_id, alarm_id = read_numbered(value_of(body))

            async def flow(tx: Tx, house: House, case: int, asker: Asker) -> Case:
                return await answering.on_it(tx, house, case, alarm_id, asker)

            await claim.run(flow, desk, body, case_id)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
        else:
            # Only now: a click that Slack shows as taken is committed.
            await ack()

    @app.action(ActionId.TAKE_OVER.value)
    async def take_over(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await _do(answering.take_over, desk, ack, body, respond)

    @app.action(ActionId.RESUME.value)
    async def resume(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await _do(silencing.resume, desk, ack, body, respond)


async def _do(flow: Flow, desk: Desk, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
    try:
        await claim.run(flow, desk, body, read_case(value_of(body)))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await ack()
        await desk.refuse(body, respond, error)
    else:
        await ack()
        await desk.directory.know(asker_of(body).user, patience=30.0)
