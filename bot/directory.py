"""Finds out who is who: reads users, channels and members from Slack and keeps them for the flows.

Only reads; what can't be read is kept with Slack's word for it and never stops anything. Sources: Slack's pages of
users.lookupByEmail (tier 3), users.info (tier 4), usergroups.users.list (tier 2), conversations.info and
conversations.members.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.flows.cases import casework
from bot.house import House
from recovery.policy.file import Policy
from store.cases import cases
from store.engine import Database
from store.errors import Contended
from store.slack import people
from store.slack.people import Person, Place

log = logging.getLogger(__name__)

NETWORK_ERRORS = (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError)
MOST_PAGES = 50
MOST_WAITS = 5
FRESH = timedelta(days=1)  # user_change events keep it true in between
TRY_AGAIN = timedelta(minutes=10)
GONE_GROUP = "no_such_subteam"

Found = TypeVar("Found")


class DirectoryService:
    """Keeps `house.directory` true; one for each process."""

    def __init__(self, db: Database, house: House, client: AsyncWebClient) -> None:
        self._db = db
        self._house = house
        self._client = client
        self._tried: dict[str, datetime] = {}
        self._grouping = asyncio.Lock()
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """What the database knows; enough to start with."""
        # One after the other: whoever looked first must not put an older state in the place of a newer one.
        async with self._loading, self._db.read() as tx:
            self._house.directory = await people.load(tx)

    async def refresh(self) -> None:
        """What `look_up` does for the policy in force, and what follows from it for open cases."""
        await self.look_up(self._house.policy)
        await self.relieve()

    async def relieve(self) -> None:
        """Takes their cases from those who left, as far as the house knows."""
        with contextlib.suppress(Contended):  # somebody else changes the same cases; the next refresh looks again
            async with self._db.write() as tx:
                await casework.relieve(tx, self._house)

    async def look_up(self, policy: Policy) -> None:
        """Every channel of the policy and its members as Slack has them now, and everybody we should know by name."""
        places = [place async for place in self.places(policy)]
        members = {place.channel_id: await self.members_of(place.channel_id) for place in places if not place.problem}
        async with self._db.write() as tx:
            for place in places:
                await people.save_place(tx, place)
            for channel, users in members.items():
                if users is not None:
                    await people.save_members(tx, channel, users)
        async with self._db.read() as tx:
            owners = await cases.open_by_owner(tx)
        await self.refresh_groups(*policy.groups())
        await self.know(*policy.people(), *sorted(owners))
        await self.load()

    async def refresh_groups(self, *groups: str) -> None:
        """The people of these user groups as Slack has them now, each looked up.

        Where Slack does not say, a group's people stay as they were known; a group that is gone has none.
        """
        async with self._grouping:  # of two answers about the same group the later one stays
            found = {group: users for group in groups if (users := await self._users_of(group)) is not None}
            if not found:
                return
            async with self._db.write() as tx:
                for group, users in found.items():
                    await people.save_group(tx, group, users)
        await self.load()
        await self.know(*(user for users in found.values() for user in sorted(users)))

    async def _users_of(self, group: str) -> set[str] | None:
        """The user group's people; None where Slack does not say."""

        async def ask() -> set[str]:
            try:
                return set((await self._client.usergroups_users_list(usergroup=group))["users"])
            except SlackApiError as error:
                if code_of(error) != GONE_GROUP:
                    raise
                log.warning("the user group %s is not in Slack (any more)", group)
                return set()

        return await self._patiently(f"the people of the user group {group}", ask)

    async def know(self, *refs: str, patience: float = 600.0) -> None:
        """Looks up those of these people (id or e-mail) that nobody looked up in the last day.

        One by one, within Slack's pace and at most `patience` seconds; who can't be found is not asked for again
        for ten minutes.
        """
        found = []
        ends = self._db.clock.wall() + timedelta(seconds=patience)
        for ref in dict.fromkeys(ref for ref in refs if ref and not self._is_fresh(ref)):
            self._tried[ref.casefold()] = self._db.clock.wall()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout((ends - self._db.clock.wall()).total_seconds()):
                    person = await self._patiently(ref, partial(self._ask, ref))
                    if person:
                        found.append(person)
        if found:
            async with self._db.write() as tx:
                await people.save_people(tx, found)
            await self.load()

    def _is_fresh(self, ref: str) -> bool:
        person = self._house.directory.people.get(self._house.directory.user_id(ref))
        if person and person.checked_at and self._db.clock.wall() - person.checked_at < FRESH:
            return True
        tried = self._tried.get(ref.casefold())
        return tried is not None and self._db.clock.wall() - tried < TRY_AGAIN

    async def _patiently(self, what: str, ask: Callable[[], Awaitable[Found]]) -> Found | None:
        """What Slack answers; waits where it asks us to slow down, a few times. None where it does not say."""
        for _ in range(MOST_WAITS):
            try:
                return await ask()
            except SlackApiError as error:
                if code_of(error) != "ratelimited":
                    log.warning("%s can't be found in Slack: %s", what, code_of(error))
                    return None
                await asyncio.sleep(min(float(error.response.headers.get("Retry-After", 30)), 60.0))
            except NETWORK_ERRORS as error:
                log.warning("%s can't be looked up: %s", what, code_of(error))
                return None
        return None

    async def refresh_place(self, ref: str, patience: float) -> None:
        """Asks Slack whether we are in a channel, by the policy's word for it or its id, and keeps what it says.

        For the rare post of which nobody would miss the message; Slack has `patience` seconds to answer.
        """
        found = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                channel = self._house.directory.channel_id(ref)
                if channel.startswith("#"):
                    channel = (await self._ids_of({channel[1:]})).get(channel[1:], "")
                found = await self.place(channel) if channel else None
        if found is None or (found.problem and not found.is_closed):
            return
        known = self._house.directory.places_of(channel)
        named = [ref] if ref in self._house.policy.channels() else []
        refs = dict.fromkeys([*named, *(each.ref for each in known)])
        if all(each.problem == found.problem for each in known) and len(refs) == len(known):
            return
        async with self._db.write() as tx:
            for each in refs:
                await people.save_place(tx, Place(each, channel, found.name, found.problem))
        await self.load()

    async def refresh_members(self, channel: str, patience: float = 10.0) -> None:
        """Asks Slack who is in the channel; for the rare click of somebody we have not seen there.

        Slack has `patience` seconds to answer: somebody waits for the click.
        """
        users = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                users = await self.members_of(channel)
        if users is None:
            return
        async with self._db.write() as tx:
            await people.save_members(tx, channel, users)
        await self.load()

    async def members_of(self, channel: str) -> set[str] | None:
        """The channel's members; None where Slack does not say."""
        users: set[str] = set()
        cursor = ""
        try:
            for _ in range(MOST_PAGES):
                page = await self._client.conversations_members(channel=channel, limit=1000, cursor=cursor)
                users.update(page["members"])
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except NETWORK_ERRORS as error:
            log.warning("the members of %s can't be read: %s", channel, code_of(error))
            return None
        return users

    async def person(self, ref: str) -> Person | None:
        """One person by Slack id or e-mail; None where Slack does not know them or does not answer."""
        try:
            return await self._ask(ref)
        except NETWORK_ERRORS as error:
            log.warning("%s can't be found in Slack: %s", ref, code_of(error))
            return None

    async def _ask(self, ref: str) -> Person:
        # By id where we know it: users.lookupByEmail no longer finds somebody whose account is switched off.
        user = self._house.directory.user_id(ref) or ref
        if "@" in user:
            response = await self._client.users_lookupByEmail(email=user)
        else:
            response = await self._client.users_info(user=user)
        return person_of(response["user"])

    async def place(self, ref: str) -> Place:
        """One channel of the policy by id, with Slack's word for its problem if there is one."""
        try:
            channel = (await self._client.conversations_info(channel=ref))["channel"]
        except NETWORK_ERRORS as error:
            return Place(ref, "", "", code_of(error))
        name = str(channel.get("name") or "")
        if channel.get("is_archived"):
            return Place(ref, channel["id"], name, "is_archived")
        if not channel.get("is_member"):
            return Place(ref, channel["id"], name, "not_in_channel")
        return Place(ref, channel["id"], name)

    async def places(self, policy: Policy) -> AsyncIterator[Place]:
        """Every channel of the policy, in its order."""
        names = {ref[1:] for ref in policy.channels() if ref.startswith("#")}
        ids = await self._ids_of(names) if names else {}
        for ref in policy.channels():
            if not ref.startswith("#"):
                yield await self.place(ref)
            elif ref[1:] in ids:
                found = await self.place(ids[ref[1:]])
                yield Place(ref, found.channel_id or ids[ref[1:]], found.name, found.problem)
            else:
                yield Place(ref, "", "", "channel_not_found")

    async def _ids_of(self, names: set[str]) -> dict[str, str]:
        """Ids by name among the channels the bot is in: listing a whole workspace hits Slack's limits."""
        found: dict[str, str] = {}
        cursor = ""
        try:
            for _ in range(MOST_PAGES):
                page = await self._client.users_conversations(
                    types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor
                )
                found.update({c["name"]: c["id"] for c in page["channels"] if c["name"] in names})
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor or len(found) == len(names):
                    break
        except NETWORK_ERRORS as error:
            log.warning("the channels winback is in can't be listed: %s", code_of(error))
        return found


def person_of(user: dict[str, Any]) -> Person:
    """A user object of Slack as our value."""
    profile = user.get("profile") or {}
    # The real name: a display name is often a handle, and "because jen is away" reads like a typing error.
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name") or ""
    return Person(
        user_id=str(user["id"]),
        email=str(profile.get("email") or "").lower(),
        name=str(name),
        zone=str(user.get("tz") or ""),
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
    )


def code_of(error: BaseException) -> str:
    """Slack's error code, or what the network said."""
    if isinstance(error, SlackApiError) and isinstance(error.response.data, dict):
        return str(error.response.get("error") or error)
    return str(error) or type(error).__name__
