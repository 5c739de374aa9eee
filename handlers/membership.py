"""Slack tells who joined, left or changed; the directory follows at once instead of at its next refresh."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.directory import person_of
from bot.flows.cases import casework
from handlers.desk import Desk
from store.slack import people

Event = dict[str, Any]


class Newest:
    """Remembers when Slack last told something of a person: it repeats for minutes what was not acked in time."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, ...], float] = {}

    def is_news(self, event: Event, *about: str) -> bool:
        """False for an event that is older than the last one about the same."""
        at = float(event.get("event_ts") or 0)
        if at < self._told.get(about, 0):
            return False
        self._told[about] = at
        return True


def register(app: AsyncApp, desk: Desk) -> None:
    newest = Newest()

    @app.event("member_joined_channel")
    async def joined(event: Event, context: AsyncBoltContext) -> None:
        channel, user = str(event["channel"]), str(event["user"])
        if channel not in _ours(desk) or not newest.is_news(event, channel, user):
            return
        if user == context.bot_user_id:
            # We were just invited: the channel's problem may be gone.
            await desk.directory.refresh()
            return
        async with desk.db.write() as tx:
            await people.joined(tx, channel, user)
        await desk.directory.load()

    @app.event("member_left_channel")
    async def left(event: Event) -> None:
        channel, user = str(event["channel"]), str(event["user"])
        if channel not in _ours(desk) or not newest.is_news(event, channel, user):
            return
        async with desk.db.write() as tx:
            await people.left(tx, channel, user)
        await desk.directory.load()

    @app.event("user_change")
    async def changed(event: Event) -> None:
        person = person_of(event["user"])
        if not _concerns_us(desk, person.user_id) or not newest.is_news(event, person.user_id):
            return
        async with desk.db.write() as tx:
            await people.save_people(tx, [person])
        await desk.directory.load()
        if person.deleted:
            await desk.run(lambda tx: casework.relieve(tx, desk.house))

    @app.event("subteam_members_changed")
    async def regrouped(event: Event) -> None:
        await _regroup(desk, str(event["subteam_id"]))


async def _regroup(desk: Desk, group: str) -> None:
    # Who came and who went is not taken from the event: events come late and out of order, the list is as it is.
    if group in desk.house.policy.groups():
        await desk.directory.refresh_groups(group)


def _ours(desk: Desk) -> set[str]:
    return {desk.house.directory.channel_id(ref) for ref in desk.house.policy.channels()}


def _concerns_us(desk: Desk, user: str) -> bool:
    directory = desk.house.directory
    return user in directory.people or any(user in members for members in directory.members.values())
