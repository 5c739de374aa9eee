"""One click on the card: Claim, or Release."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows import casework
from bot.flows.casework import Asker
from bot.views.ids import ActionId, read_case
from handlers.desk import Body, Desk, asker_of, sentence_of, tell
from recovery.errors import NotAllowed


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.CLAIM.value)
    async def claim(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            await _claim(desk, read_case(body["actions"][0]["value"]), asker_of(body))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await tell(respond, sentence_of(error))
        else:
            # Only now: a click that Slack shows as taken is committed.
            await ack()
            await desk.directory.know(asker_of(body).user)

    @app.action(ActionId.RELEASE.value)
    async def release(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            case_id = read_case(body["actions"][0]["value"])
            await desk.run(lambda tx: casework.release(tx, desk.house, case_id, asker_of(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await tell(respond, sentence_of(error))


async def _claim(desk: Desk, case_id: int, asker: Asker) -> None:
    try:
        await desk.run(lambda tx: casework.claim(tx, desk.house, case_id, asker))
    except NotAllowed:
        # Somebody who has just joined may not be in our list yet: ask Slack once before we say no.
        channel = await desk.look(lambda tx: casework.channel(tx, desk.house, case_id))
        if not channel or desk.house.directory.is_member(channel, asker.user):
            raise
        await desk.directory.refresh_members(channel)
        await desk.run(lambda tx: casework.claim(tx, desk.house, case_id, asker))
