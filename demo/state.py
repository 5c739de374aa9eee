"""Everything the workspace knows, and the few ways in which it changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.changes import Changes
from demo.clock import WorkspaceClock
from demo.constants import BOT_USER_ID
from demo.faults import Faults
from demo.jsons import Json
from demo.manifest import Manifest
from demo.passes import ResponseUrls, Triggers
from demo.people import User
from demo.rates import Limits
from demo.recorded import Recorded
from demo.rooms import MESSAGE_EVENT, Message, Room
from demo.seed import SEED_FILE, Seed, read_seed
from demo.surfaces import Surfaces


@dataclass(slots=True)
class Upload:
    """A file on its way: `content` is None until the bytes arrived."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    complete: bool = False
    mimetype: str = "application/octet-stream"


@dataclass(slots=True)
class State:
    """In memory only; a workspace that ends is forgotten, its clock's offset apart.

    `happened(name, event)` is told every event an app could subscribe to.
    """

    manifest: Manifest
    clock: WorkspaceClock
    limits: Limits
    seed: Seed
    faults: Faults = field(default_factory=Faults)
    recorded: Recorded = field(default_factory=Recorded)
    changes: Changes = field(default_factory=Changes)
    surfaces: Surfaces = field(default_factory=Surfaces)
    triggers: Triggers = field(default_factory=Triggers)
    response_urls: ResponseUrls = field(default_factory=ResponseUrls)
    users: dict[str, User] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    happened: Callable[[str, Json], None] = field(default=lambda _name, _event: None)
    revoked: bool = False
    inactive: bool = False

    def __post_init__(self) -> None:
        self.users = dict(self.seed.users)
        self.rooms = dict(self.seed.rooms)

    @property
    def scopes(self) -> frozenset[str]:
        return self.manifest.scopes

    def person(self, user: str) -> User:
        """Errors: KeyError with the id."""
        return self.users[user]

    def dm(self, user: str) -> Room | None:
        """The DM between the bot and a person, if it was opened."""
        return self.rooms.get(_dm_id(user))

    def open_dm(self, user: str) -> Room:
        """The DM between the bot and a person; opened if it wasn't."""
        room = self.dm(user)
        if room is None:
            room = Room(
                _dm_id(user), "directmessage", "im", members={user, BOT_USER_ID}, partner=user, created=int(time.time())
            )
            self.rooms[room.id] = room
            self.changes.tell("state")
        return room

    def room_named(self, name: str) -> Room | None:
        wanted = name.removeprefix("#")
        return next((room for room in self.rooms.values() if room.kind != "im" and room.name == wanted), None)

    def post(self, message: Message) -> None:
        """Keep a message and tell those who watch; an app hears its own messages too."""
        room = self.rooms[message.channel]
        room.add(message)
        self.tell_messages(message)
        if room.bot_joined and message.ephemeral_to is None:
            self.happened(MESSAGE_EVENT[room.kind], room.message_event(message))

    def tell_messages(self, message: Message) -> None:
        """A message came, changed or went."""
        self.changes.tell("messages", channel=message.channel, thread=message.thread_ts)


def _dm_id(user: str) -> str:
    return f"D{user[1:]}"


def new_state(
    manifest: Manifest, *, clock_file: Path | None = None, seed: Path | None = None, limits: Limits | None = None
) -> State:
    """A workspace with its first people and channels."""
    clock = WorkspaceClock(clock_file)
    seeded = read_seed(seed or SEED_FILE, created=int(clock.now()))
    return State(manifest, clock, limits or Limits(), seeded)
