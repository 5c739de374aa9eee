"""`POST /demo/act`: from the page's words to an act."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from demo.errors import ActRefused
from demo.jsons import Json
from demo.running import RunningWorkspace

Act = Callable[[RunningWorkspace, str, Json], Awaitable[Json]]


def text_of(body: Json, name: str, *, what: str = "act") -> str:
    """A required string field. Errors: ActRefused `invalid_request`."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ActRefused("invalid_request", f"The {what} needs {name}.")
    return value


def maybe_text(body: Json, name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


async def _block_action(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    action_id, block_id = text_of(body, "action_id"), maybe_text(body, "block_id")
    view_id = maybe_text(body, "view_id")
    if view_id is not None:
        return await workspace.acts.view_action(user, view_id, action_id, block_id, body)
    channel, ts = text_of(body, "channel"), text_of(body, "message_ts")
    return await workspace.acts.message_action(user, channel, ts, action_id, block_id, body)


async def _view_submit(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(inside, dict) for inside in values.values()):
        raise ActRefused("invalid_request", "values is an object of blocks, each an object of actions.")
    return await workspace.acts.view_submit(user, text_of(body, "view_id"), values)


async def _view_close(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    return await workspace.acts.view_close(user, text_of(body, "view_id"), everything=bool(body.get("all")))


async def _command(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    channel, line = text_of(body, "channel"), text_of(body, "text")
    return await workspace.acts.command(user, channel, line, maybe_text(body, "thread"))


async def _message(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    shown = workspace.message(user, text_of(body, "channel"), text_of(body, "text"), maybe_text(body, "thread"))
    return {"ts": shown["ts"]}


async def _shortcut(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    return await workspace.acts.shortcut(user, text_of(body, "callback_id"))


async def _message_shortcut(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    callback_id, channel = text_of(body, "callback_id"), text_of(body, "channel")
    return await workspace.acts.message_shortcut(user, callback_id, channel, text_of(body, "message_ts"))


async def _options(workspace: RunningWorkspace, user: str, body: Json) -> Json:
    channel, ts = maybe_text(body, "channel"), maybe_text(body, "message_ts")
    query = body.get("value", body.get("query", ""))
    return await workspace.acts.options(
        user,
        text_of(body, "action_id"),
        query if isinstance(query, str) else "",
        view_id=maybe_text(body, "view_id"),
        at=(channel, ts) if channel and ts else None,
    )


def _on_channel(do: Callable[[RunningWorkspace, str, str], Any]) -> Act:
    async def act(workspace: RunningWorkspace, user: str, body: Json) -> Json:
        do(workspace, user, text_of(body, "channel"))
        return {}

    return act


async def _deactivate(workspace: RunningWorkspace, _user: str, body: Json) -> Json:
    workspace.life.deactivate(text_of(body, "user"))
    return {}


async def _reactivate(workspace: RunningWorkspace, _user: str, body: Json) -> Json:
    workspace.life.reactivate(text_of(body, "user"))
    return {}


ACTS: Final[Mapping[str, Act]] = {
    "block_action": _block_action,
    "view_submit": _view_submit,
    "view_close": _view_close,
    "command": _command,
    "message": _message,
    "shortcut": _shortcut,
    "message_shortcut": _message_shortcut,
    "options": _options,
    "join": _on_channel(lambda workspace, user, channel: workspace.life.join(user, channel)),
    "leave": _on_channel(lambda workspace, user, channel: workspace.life.leave(user, channel)),
    "invite_bot": _on_channel(lambda workspace, user, channel: workspace.life.invite_bot(user, channel)),
    "remove_bot": _on_channel(lambda workspace, user, channel: workspace.life.remove_bot(user, channel)),
    "archive": _on_channel(lambda workspace, user, channel: workspace.life.archive(user, channel)),
    "deactivate_user": _deactivate,
    "reactivate_user": _reactivate,
}


async def act(workspace: RunningWorkspace, body: Json) -> Json:
    """Carry out one act. Errors: ActRefused."""
    user, kind = text_of(body, "as"), text_of(body, "kind")
    known = ACTS.get(kind)
    if known is None:
        raise ActRefused("invalid_request", f"Unknown kind {kind!r}.")
    workspace.acts.person(user)
    return await known(workspace, user, body)
