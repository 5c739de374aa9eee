"""What the code needs of Slack, read from the code itself: methods called, listeners registered, ids drawn."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ("winback", "handlers", "scheduler", "bot", "store", "recovery")

# Web API method to the bot scopes it needs for the conversations we call it on: public and private channels, and
# direct messages where it says so. Source: "Required scopes" on each method's page, docs.slack.dev/reference/methods.
SCOPES: dict[str, frozenset[str]] = {
    "apps.connections.open": frozenset(),  # of the app-level token: connections:write
    "auth.test": frozenset(),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    # A lost answer is looked up where the message went, and that may be a direct message.
    "conversations.history": frozenset({"channels:history", "groups:history", "im:history"}),
    "conversations.replies": frozenset({"channels:history", "groups:history", "im:history"}),
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.members": frozenset({"channels:read", "groups:read"}),
    "conversations.open": frozenset({"im:write"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "usergroups.users.list": frozenset({"usergroups:read"}),
    "users.conversations": frozenset({"channels:read", "groups:read"}),
    "users.info": frozenset({"users:read"}),
    "users.lookupByEmail": frozenset({"users:read.email", "users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
# Event to the scopes it needs; of member_… both, for public and for private channels.
EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "subteam_members_changed": frozenset({"usergroups:read"}),
    "user_change": frozenset({"users:read"}),
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module that ships, by its path."""
    for package in SHIPPED:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def python_names() -> dict[str, str]:
    """The client's Python names to Slack's: `users_lookupByEmail` to `users.lookupByEmail`."""
    found = {}
    for name, method in inspect.getmembers(AsyncWebClient, inspect.isfunction):
        called = re.search(r'self\.api_call\(\s*"([\w.]+)"', inspect.getsource(method))
        if called:
            found[name] = called[1]
    return found


def methods_called() -> dict[str, set[str]]:
    """Web API methods that our code names, as an attribute of the client or as a text, to where it does."""
    names = python_names()
    known = set(names.values())
    found: dict[str, set[str]] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            method = ""
            if isinstance(node, ast.Attribute):
                method = names.get(node.attr, "") if "client" in ast.unparse(node.value).lower() else ""
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                method = node.value
            if method:
                found.setdefault(method, set()).add(path)
    return found


class Registered(AsyncApp):
    """A real app that keeps what was registered: (what, pattern or id)."""

    def __init__(self) -> None:
        super().__init__(signing_secret="made-up", token="xoxb-made-up")
        self.listeners: list[tuple[str, Any]] = []

    def _keep(self, kind: str, constraint: Any) -> None:
        self.listeners.append((kind, constraint))

    def action(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("action", constraints)
        return super().action(constraints, *args, **kwargs)

    def view(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("view", constraints)
        return super().view(constraints, *args, **kwargs)

    def event(self, event: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("event", event)
        return super().event(event, *args, **kwargs)

    def command(self, command: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("command", command)
        return super().command(command, *args, **kwargs)

    def shortcut(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("shortcut", constraints)
        return super().shortcut(constraints, *args, **kwargs)

    def options(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        self._keep("options", constraints)
        return super().options(constraints, *args, **kwargs)

    def of(self, kind: str) -> list[str]:
        """The ids registered for this kind; patterns apart."""
        return [found for what, found in self.listeners if what == kind and isinstance(found, str)]

    def patterns(self, kind: str) -> list[re.Pattern[str]]:
        return [found for what, found in self.listeners if what == kind and isinstance(found, re.Pattern)]
