"""Reads the people and channels the workspace starts with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.constants import BOT_NAME, BOT_USER_ID
from demo.jsons import Json
from demo.people import User, UserGroup
from demo.rooms import Room

SEED_FILE = Path(__file__).with_name("seed.toml")


@dataclass(frozen=True, slots=True)
class Seed:
    users: Mapping[str, User]
    usergroups: Mapping[str, UserGroup]
    rooms: Mapping[str, Room]


def read_seed(path: Path = SEED_FILE, *, created: int = 0) -> Seed:
    """Errors: KeyError or ValueError when a channel names somebody who isn't there."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    users = {item["id"]: _user(item, created) for item in data.get("users", [])}
    users[BOT_USER_ID] = User(BOT_USER_ID, BOT_NAME, BOT_NAME, tz="UTC", color="1d3557", is_bot=True, updated=created)
    groups = {item["id"]: UserGroup(**item) for item in data.get("usergroups", [])}
    people = frozenset(key for key, user in users.items() if not user.is_bot and not user.deleted)
    rooms = {item["id"]: _room(item, people, created) for item in data.get("channels", [])}
    for room in rooms.values():
        unknown = room.members - set(users)
        if unknown:
            raise ValueError(f"#{room.name} names people who aren't in the seed: {', '.join(sorted(unknown))}")
    return Seed(users, groups, rooms)


def _user(item: Json, created: int) -> User:
    return User(
        id=item["id"],
        name=item["name"],
        real_name=item["real_name"],
        title=item.get("title", ""),
        email=item.get("email", f"{item['name']}@acme.example"),
        tz=item.get("tz", "Europe/London"),
        color=item.get("color", "9f69e7"),
        deleted=item.get("deleted", False),
        is_admin=item.get("is_admin", False),
        updated=created,
    )


def _room(item: Json, people: frozenset[str], created: int) -> Room:
    members = set(people) if item["members"] == "everyone" else set(item["members"])
    if item.get("bot_joined"):
        members.add(BOT_USER_ID)
    return Room(
        id=item["id"],
        name=item["name"],
        kind="private" if item.get("is_private") else "public",
        topic=item.get("topic", ""),
        members=members,
        created=created,
    )
