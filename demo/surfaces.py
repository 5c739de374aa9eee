"""Modals and home tabs."""

import secrets
import time
from dataclasses import dataclass, field

from demo.constants import APP_ID, BOT_ID, TEAM_ID
from demo.jsons import Json, own_copy


def new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


@dataclass(slots=True)
class OpenView:
    """A modal or home tab in front of one person. `state` is what the person filled in, by block and action."""

    id: str
    user: str
    body: Json
    root_id: str
    previous_id: str | None = None
    hash: str = field(default_factory=new_hash)
    state: dict[str, Json] = field(default_factory=dict)

    def replace(self, body: Json) -> None:
        """A new body; input values stay where block and action stay, as in Slack."""
        self.body = body
        self.hash = new_hash()

    def as_slack(self) -> Json:
        """A `view` object as payloads and answers carry it."""
        body = self.body
        modal = body["type"] == "modal"
        view: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": body["type"],
            "blocks": own_copy(body)["blocks"],
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "state": {"values": own_copy(self.state)},
            "hash": self.hash,
            "title": body.get("title") if modal else {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(body.get("clear_on_close")),
            "notify_on_close": bool(body.get("notify_on_close")),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP_ID,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }
        if modal:
            view["submit_disabled"] = bool(body.get("submit_disabled"))
        return view


class Surfaces:
    """Modal stacks (bottom first) and home tabs, by person."""

    def __init__(self) -> None:
        self.views: dict[str, OpenView] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, OpenView] = {}
        self._ids = 0

    def new_id(self) -> str:
        self._ids += 1
        return f"V0{self._ids:07d}"

    def stack(self, user: str) -> list[OpenView]:
        return [self.views[view_id] for view_id in self.stacks.get(user, [])]

    def open(self, user: str, body: Json) -> OpenView:
        """A new root modal; a stack that was open goes."""
        self.clear(user)
        return self._push(user, body)

    def push(self, user: str, body: Json) -> OpenView:
        """One more modal on the person's stack; the caller has counted them."""
        return self._push(user, body)

    def close(self, view: OpenView) -> None:
        """Close one modal, wherever it is in its stack."""
        if self.views.pop(view.id, None) is not None:
            self.stacks[view.user].remove(view.id)

    def clear(self, user: str) -> None:
        """Close all modals of a person."""
        for view_id in self.stacks.pop(user, []):
            del self.views[view_id]

    def find(self, view_id: str | None, external_id: str | None) -> OpenView | None:
        """An open modal or a home tab by its id or external id."""
        everything = [*self.views.values(), *self.homes.values()]
        for view in everything:
            if view_id is not None and view.id == view_id:
                return view
            if view_id is None and external_id and view.body.get("external_id") == external_id:
                return view
        return None

    def external_id_taken(self, external_id: str, *, besides: OpenView | None = None) -> bool:
        return any(
            view is not besides and view.body.get("external_id") == external_id
            for view in (*self.views.values(), *self.homes.values())
        )

    def _push(self, user: str, body: Json) -> OpenView:
        stack = self.stacks.setdefault(user, [])
        view_id = self.new_id()
        root = stack[0] if stack else view_id
        view = OpenView(view_id, user, body, root, previous_id=stack[-1] if stack else None)
        self.views[view_id] = view
        stack.append(view_id)
        return view
