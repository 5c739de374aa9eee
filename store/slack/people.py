"""Who is who in Slack, as last seen: users, members of our channels, and what the policy's names stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recovery.policy.values import people_of
from store.engine import Tx
from store.tables import channels, groups, members, people

CLOSED = frozenset({"not_in_channel", "channel_not_found", "is_archived"})


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user. `zone` is an IANA name."""

    user_id: str
    email: str = ""
    name: str = ""
    zone: str = ""
    deleted: bool = False
    bot: bool = False
    checked_at: datetime | None = None

    @property
    def zone_info(self) -> ZoneInfo:
        """The person's zone; UTC where Slack told none that we know."""
        try:
            return ZoneInfo(self.zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of the policy: `ref` as written there; `problem` is empty or Slack's word, seen at `since`."""

    ref: str
    channel_id: str = ""
    name: str = ""
    problem: str = ""
    since: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Whether Slack has said that we can't post there; it may also just not have answered."""
        return self.problem in CLOSED


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody and every place, as one value; replaced as a whole when something changes."""

    people: Mapping[str, Person] = field(default_factory=dict)
    by_email: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a user group's people, by user id

    def user_id(self, ref: str) -> str:
        """The Slack id behind a policy's person (id or e-mail), or ""."""
        return ref if ref in self.people else self.by_email.get(ref.casefold(), "")

    def users(self, refs: Iterable[str]) -> list[str]:
        """The Slack ids behind people and user groups of a policy, each once; who is unknown is left out."""
        return list(dict.fromkeys(user for ref in people_of(refs, self.groups) if (user := self.user_id(ref))))

    def channel_id(self, ref: str) -> str:
        """The channel's id behind a policy's channel; the ref itself while it is unknown."""
        place = self.places.get(ref)
        return place.channel_id if place and place.channel_id else ref

    def places_of(self, channel_id: str) -> list[Place]:
        """What is known of a channel by its id, once for each name that it has in the policy."""
        return [place for place in self.places.values() if channel_id in {place.ref, place.channel_id}]

    def name(self, user_id: str) -> str:
        person = self.people.get(user_id)
        return person.name if person else ""

    def is_member(self, channel_id: str, user_id: str) -> bool:
        return user_id in self.members.get(channel_id, frozenset())


async def load(tx: Tx) -> Directory:
    rows = (await tx.conn.execute(sa.select(people))).mappings()
    everybody = {
        row["user_id"]: Person(
            row["user_id"], row["email"], row["name"], row["zone"], row["deleted"], row["bot"], row["checked_at"]
        )
        for row in rows
    }
    by_email = {p.email.casefold(): p.user_id for p in everybody.values() if p.email and not p.deleted}
    for person in everybody.values():
        if person.email:
            by_email.setdefault(person.email.casefold(), person.user_id)
    places = {
        row["ref"]: Place(row["ref"], row["channel_id"], row["name"], row["problem"], row["checked_at"])
        for row in (await tx.conn.execute(sa.select(channels))).mappings()
    }
    who: dict[str, set[str]] = {}
    for channel, user_id in (await tx.conn.execute(sa.select(members))).all():
        who.setdefault(channel, set()).add(user_id)
    grouped: dict[str, list[str]] = {}
    for group_id, user_id in (await tx.conn.execute(sa.select(groups).order_by(groups.c.user_id))).all():
        grouped.setdefault(group_id, []).append(user_id)
    return Directory(
        everybody,
        by_email,
        places,
        {channel: frozenset(ids) for channel, ids in who.items()},
        {group_id: tuple(ids) for group_id, ids in grouped.items()},
    )


async def save_people(tx: Tx, found: Iterable[Person]) -> None:
    for person in found:
        values = {
            "email": person.email,
            "name": person.name,
            "zone": person.zone,
            "deleted": person.deleted,
            "bot": person.bot,
            "checked_at": tx.wall,
        }
        await tx.conn.execute(
            _insert(tx, people)
            .values(user_id=person.user_id, **values)
            .on_conflict_do_update(index_elements=["user_id"], set_=values)
        )


async def save_place(tx: Tx, place: Place) -> None:
    values = {
        "channel_id": place.channel_id,
        "name": place.name,
        "problem": place.problem,
        "checked_at": tx.now,
    }
    await tx.conn.execute(
        _insert(tx, channels).values(ref=place.ref, **values).on_conflict_do_update(index_elements=["ref"], set_=values)
    )


async def save_members(tx: Tx, channel: str, user_ids: Iterable[str]) -> None:
    """The channel's members are exactly these."""
    await tx.conn.execute(sa.delete(members).where(members.c.channel == channel))
    rows = [{"channel": channel, "user_id": user_id} for user_id in sorted(set(user_ids))]
    if rows:
        await tx.conn.execute(sa.insert(members), rows)


async def save_group(tx: Tx, group_id: str, user_ids: Iterable[str]) -> None:
    """The user group's people are exactly these."""
    await tx.conn.execute(sa.delete(groups).where(groups.c.group_id == group_id))
    rows = [{"group_id": group_id, "user_id": user_id} for user_id in sorted(set(user_ids))]
    if rows:
        # Another replica may have read the same list at the same moment.
        await tx.conn.execute(_insert(tx, groups).on_conflict_do_nothing(), rows)


async def joined(tx: Tx, channel: str, user_id: str) -> None:
    await tx.conn.execute(_insert(tx, members).values(channel=channel, user_id=user_id).on_conflict_do_nothing())


async def left(tx: Tx, channel: str, user_id: str) -> None:
    await tx.conn.execute(sa.delete(members).where(members.c.channel == channel, members.c.user_id == user_id))


def _insert(tx: Tx, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if tx.postgres else sqlite.insert(table)
