"""Slack tells who joined, left or changed; the directory follows at once instead of at its next refresh."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.directory import person_of
from handlers.desk import Desk
from store import people


def register(app: AsyncApp, desk: Desk) -> None:
    @app.event("member_joined_channel")
    async def joined(event: dict[str, Any]) -> None:
        channel, user = str(event["channel"]), str(event["user"])
        if channel not in _ours(desk):
            return
        person = None if user in desk.house.directory.people else await desk.directory.person(user)
        if person and person.bot:
            # Perhaps it was us, just invited: the channel's problem may be gone.
            await desk.directory.refresh()
            return
        async with desk.db.write() as tx:
            if person:
                await people.save_people(tx, [person])
            await people.joined(tx, channel, user)
        await desk.directory.load()

    @app.event("member_left_channel")
    async def left(event: dict[str, Any]) -> None:
        async with desk.db.write() as tx:
            await people.left(tx, str(event["channel"]), str(event["user"]))
        await desk.directory.load()

    @app.event("user_change")
    async def changed(event: dict[str, Any]) -> None:
        person = person_of(event["user"])
        if person.user_id not in desk.house.directory.people:
            return
        async with desk.db.write() as tx:
            await people.save_people(tx, [person])
        await desk.directory.load()


def _ours(desk: Desk) -> set[str]:
    return {desk.house.directory.channel_id(ref) for ref in desk.house.policy.channels()}
