"""What Slack takes in a manifest, as its page "App manifest reference" tells: keys, kinds and lengths."""

import re
from typing import Any

TEXT, FLAG, LIST = str, bool, list
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z]+)?")

# Path to the kind of what stands there; "*" for each item of a list. A dict in the manifest has to be here as well.
KEYS: dict[str, Any] = {
    "_metadata": dict,
    "_metadata.major_version": int,
    "_metadata.minor_version": int,
    "display_information": dict,
    "display_information.name": TEXT,
    "display_information.description": TEXT,
    "display_information.long_description": TEXT,
    "display_information.background_color": TEXT,
    "features": dict,
    "features.app_home": dict,
    "features.app_home.home_tab_enabled": FLAG,
    "features.app_home.messages_tab_enabled": FLAG,
    "features.app_home.messages_tab_read_only_enabled": FLAG,
    "features.bot_user": dict,
    "features.bot_user.display_name": TEXT,
    "features.bot_user.always_online": FLAG,
    "features.shortcuts": LIST,
    "features.shortcuts.*": dict,
    "features.shortcuts.*.name": TEXT,
    "features.shortcuts.*.type": TEXT,
    "features.shortcuts.*.callback_id": TEXT,
    "features.shortcuts.*.description": TEXT,
    "features.slash_commands": LIST,
    "features.slash_commands.*": dict,
    "features.slash_commands.*.command": TEXT,
    "features.slash_commands.*.url": TEXT,
    "features.slash_commands.*.description": TEXT,
    "features.slash_commands.*.usage_hint": TEXT,
    "features.slash_commands.*.should_escape": FLAG,
    "oauth_config": dict,
    "oauth_config.redirect_urls": LIST,
    "oauth_config.scopes": dict,
    "oauth_config.scopes.bot": LIST,
    "oauth_config.scopes.bot.*": TEXT,
    "settings": dict,
    "settings.event_subscriptions": dict,
    "settings.event_subscriptions.request_url": TEXT,
    "settings.event_subscriptions.bot_events": LIST,
    "settings.event_subscriptions.bot_events.*": TEXT,
    "settings.interactivity": dict,
    "settings.interactivity.is_enabled": FLAG,
    "settings.interactivity.request_url": TEXT,
    "settings.interactivity.message_menu_options_url": TEXT,
    "settings.org_deploy_enabled": FLAG,
    "settings.socket_mode_enabled": FLAG,
    "settings.token_rotation_enabled": FLAG,
}
LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "features.bot_user.display_name": (1, 80),
    "features.slash_commands": (0, 50),
    "features.slash_commands.*.command": (2, 32),
    "features.slash_commands.*.description": (1, 2000),
    "features.slash_commands.*.usage_hint": (0, 1000),
    "features.shortcuts": (0, 10),
    "features.shortcuts.*.name": (1, 24),
    "features.shortcuts.*.callback_id": (1, 255),
    "features.shortcuts.*.description": (1, 150),
    "oauth_config.scopes.bot": (1, 255),
    "settings.event_subscriptions.bot_events": (0, 100),
}
PATTERNS = {
    "display_information.background_color": re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE),
    "features.bot_user.display_name": re.compile(r"[A-Za-z0-9 ._-]+"),
    "features.slash_commands.*.command": re.compile(r"/[a-z0-9_-]+"),
    "oauth_config.scopes.bot.*": re.compile(r"[a-z.]+(:[a-z.]+){0,2}"),
    "settings.event_subscriptions.bot_events.*": NAME,
}
NEEDED = ("display_information", "display_information.name", "oauth_config.scopes.bot")
NEEDED_OVER_HTTP = (
    "features.slash_commands.*.url",
    "settings.event_subscriptions.request_url",
    "settings.interactivity.request_url",
)


def problems(manifest: Any) -> list[str]:
    """Everything that Slack would not take."""
    found: list[str] = []
    seen: set[str] = set()
    _walk("", manifest, found, seen)
    settings = manifest.get("settings") or {}
    needed = (*NEEDED, *(() if settings.get("socket_mode_enabled") else NEEDED_OVER_HTTP))
    found += [f"{path} is missing" for path in needed if path not in seen]
    return found


def _walk(path: str, value: Any, found: list[str], seen: set[str]) -> None:
    if path:
        seen.add(path)
        _check(path, value, found)
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(f"{path}.{key}" if path else str(key), inner, found, seen)
    elif isinstance(value, list):
        plain = [item for item in value if not isinstance(item, dict)]
        if len(plain) != len(set(plain)):
            found.append(f"{path} says something twice")
        for item in value:
            _walk(f"{path}.*", item, found, seen)


def _check(path: str, value: Any, found: list[str]) -> None:
    kind = KEYS.get(path)
    if kind is None:
        found.append(f"{path} is no key of a manifest")
        return
    if type(value) is not kind:
        found.append(f"{path} is {value!r}")
        return
    least, most = LENGTHS.get(path, (0, 10_000))
    if kind in {TEXT, LIST} and not least <= len(value) <= most:
        found.append(f"{path} has the length {len(value)}")
    pattern = PATTERNS.get(path)
    if pattern and not pattern.fullmatch(value):
        found.append(f"{path}: {value!r}")
    if path.endswith("url") and not str(value).startswith("https://"):
        found.append(f"{path}: {value!r} is no address that Slack calls")
