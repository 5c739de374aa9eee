"""One click on the card: Claim, or Release."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import casework
from bot.flows.cases.casework import Asker
from bot.house import House
from bot.views.ids import ActionId, read_case
from handlers.desk import Body, Desk, asker_of, value_of
from recovery.cases.case import Case
from store.engine import Tx

Flow = Callable[[Tx, House, int, Asker], Awaitable[Case]]


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.CLAIM.value)
    async def claim(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await _do(casework.claim, desk, ack, body, respond)

    @app.action(ActionId.RELEASE.value)
    async def release(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await _do(casework.release, desk, ack, body, respond)


async def run(flow: Flow, desk: Desk, body: Body, case_id: int) -> None:
    """One change of a case by who pressed. Raises what the rules say."""
    asker = asker_of(body)
    await desk.fairly(case_id, asker.user, lambda: desk.run(lambda tx: flow(tx, desk.house, case_id, asker)))


async def _do(flow: Flow, desk: Desk, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
    try:
        await run(flow, desk, body, read_case(value_of(body)))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        await ack()
        await desk.refuse(body, respond, error)
    else:
        # Only now: a click that Slack shows as taken is committed.
        await ack()
        await desk.directory.know(asker_of(body).user, patience=30.0)
