"""The App Home: drawn when it is opened, and page by page."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.flows.cases.homepage import home_view
from bot.surfaces import HomeSurface
from bot.views.ids import ActionId
from handlers.desk import Body, Desk, asker_of, value_of
from store.slack import outbox
from store.slack.outbox import Rank, Wanted


def register(app: AsyncApp, desk: Desk) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            user = str(event["user"])
            look = Wanted(str(HomeSurface(user)), user, Rank.CRITICAL)
            await desk.run(lambda tx: outbox.want(tx, look))

    @app.action(ActionId.HOME_BACK.value)
    async def back(ack: AsyncAck, body: Body) -> None:
        await ack()
        await _turn(desk, body)

    @app.action(ActionId.HOME_NEXT.value)
    async def on(ack: AsyncAck, body: Body) -> None:
        await ack()
        await _turn(desk, body)


async def _turn(desk: Desk, body: Body) -> None:
    """A page is turned by the click itself; the next change of a case shows the first page again."""
    value = value_of(body)
    page = int(value) if value.isascii() and value.isdigit() and len(value) <= 6 else 1  # noqa: PLR2004 - a million pages
    user = asker_of(body).user
    view = await desk.look(lambda tx: home_view(tx, desk.house, user, page))
    await desk.client.views_publish(user_id=user, view=view)
