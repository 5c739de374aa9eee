"""What the app is allowed to do, read from manifest.yml: https://docs.slack.dev/reference/app-manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import yaml

from demo.constants import EVENTS_PATH
from demo.errors import ManifestError
from demo.jsons import Json, as_list, as_object

# Bot events and the scopes of which one is needed (each event's page in Slack's reference).
EVENT_SCOPES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "app_home_opened": frozenset(),
        "app_mention": frozenset({"app_mentions:read"}),
        "app_uninstalled": frozenset(),
        "channel_archive": frozenset({"channels:read"}),
        "channel_deleted": frozenset({"channels:read"}),
        "channel_left": frozenset({"channels:read"}),
        "channel_rename": frozenset({"channels:read"}),
        "channel_unarchive": frozenset({"channels:read"}),
        "group_archive": frozenset({"groups:read"}),
        "group_left": frozenset({"groups:read"}),
        "member_joined_channel": frozenset({"channels:read", "groups:read"}),
        "member_left_channel": frozenset({"channels:read", "groups:read"}),
        "message.channels": frozenset({"channels:history"}),
        "message.groups": frozenset({"groups:history"}),
        "message.im": frozenset({"im:history"}),
        "subteam_members_changed": frozenset({"usergroups:read"}),
        "tokens_revoked": frozenset(),
        "user_change": frozenset({"users:read"}),
        "team_join": frozenset({"users:read"}),
    }
)


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str
    path: str
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`type` is `global` or `message`."""

    name: str
    callback_id: str
    type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    scopes: frozenset[str]
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = frozenset()
    interactivity: bool = False
    socket_mode: bool = False
    home_tab: bool = False
    messages_tab_read_only: bool = False
    events_path: str = EVENTS_PATH
    interactivity_path: str = EVENTS_PATH
    options_path: str = EVENTS_PATH
    any_command: bool = field(default=False)

    def command(self, name: str) -> Command | None:
        """The registered slash command, or None. A workspace without manifest knows them all."""
        for command in self.commands:
            if command.command == name:
                return command
        return Command(name, "", "", EVENTS_PATH) if self.any_command else None

    def shortcut(self, callback_id: str, kind: str) -> Shortcut | None:
        for shortcut in self.shortcuts:
            if (shortcut.callback_id, shortcut.type) == (callback_id, kind):
                return shortcut
        return Shortcut(callback_id, callback_id, kind) if self.any_command else None


def open_manifest(scopes: frozenset[str]) -> Manifest:
    """A workspace without manifest: everything on, with these scopes."""
    return Manifest(
        name="winback",
        scopes=scopes,
        events=frozenset(EVENT_SCOPES),
        interactivity=True,
        socket_mode=True,
        home_tab=True,
        any_command=True,
    )


def load_manifest(path: Path) -> Manifest:
    """Read and check manifest.yml. Errors: ManifestError with the sentence that says what to change."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ManifestError(f"{path.name} can't be read: {error}") from error
    if not isinstance(data, dict):
        raise ManifestError(f"{path.name} is not a manifest: its top level must be a mapping.")
    return read_manifest(data)


def read_manifest(data: Json) -> Manifest:
    """Check a manifest's data. Errors: ManifestError."""
    features, settings = as_object(data.get("features")), as_object(data.get("settings"))
    scopes = frozenset(map(str, as_list(as_object(as_object(data.get("oauth_config")).get("scopes")).get("bot"))))
    subscriptions = as_object(settings.get("event_subscriptions"))
    events = frozenset(map(str, as_list(subscriptions.get("bot_events"))))
    _check_events(events, scopes)
    commands = tuple(_command(as_object(item)) for item in as_list(features.get("slash_commands")))
    if commands and "commands" not in scopes:
        raise ManifestError("Slash commands need the scope `commands` under oauth_config.scopes.bot.")
    interactivity = as_object(settings.get("interactivity"))
    name = as_object(data.get("display_information")).get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 35:
        raise ManifestError("display_information.name is required, at most 35 characters.")
    return Manifest(
        name=name,
        scopes=scopes,
        commands=commands,
        shortcuts=tuple(_shortcut(as_object(item)) for item in as_list(features.get("shortcuts"))),
        events=events,
        interactivity=bool(interactivity.get("is_enabled")),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        home_tab=bool(as_object(features.get("app_home")).get("home_tab_enabled")),
        messages_tab_read_only=bool(as_object(features.get("app_home")).get("messages_tab_read_only_enabled")),
        events_path=_path(subscriptions.get("request_url")),
        interactivity_path=_path(interactivity.get("request_url")),
        options_path=_path(interactivity.get("message_menu_options_url") or interactivity.get("request_url")),
    )


def _check_events(events: frozenset[str], scopes: frozenset[str]) -> None:
    for event in sorted(events):
        needed = EVENT_SCOPES.get(event)
        if needed is None:
            raise ManifestError(f"settings.event_subscriptions.bot_events: unknown event `{event}`.")
        if needed and not needed & scopes:
            raise ManifestError(f"The event `{event}` needs one of the scopes {', '.join(sorted(needed))}.")


def _command(item: Json) -> Command:
    name = str(item.get("command", ""))
    if not name.startswith("/") or len(name) > 32 or name != name.lower():
        raise ManifestError(f"features.slash_commands: `{name}` must start with / and be lower case, at most 32.")
    description = str(item.get("description", ""))
    if not description:
        raise ManifestError(f"features.slash_commands: `{name}` needs a description.")
    return Command(
        name, description, str(item.get("usage_hint", "")), _path(item.get("url")), bool(item.get("should_escape"))
    )


def _shortcut(item: Json) -> Shortcut:
    if item.get("type") not in {"global", "message"} or not item.get("callback_id"):
        raise ManifestError("features.shortcuts: each needs a callback_id and the type `global` or `message`.")
    return Shortcut(str(item.get("name", "")), str(item["callback_id"]), str(item["type"]))


def _path(url: object) -> str:
    return (urlsplit(url).path or "/") if isinstance(url, str) and url else EVENTS_PATH
