"""What the bot's ack makes happen: view responses, command replies, response URLs."""

from typing import Any, Final

from demo.errors import ActRefused, Refusal
from demo.jsons import Json, as_object
from demo.limits.payloads import check_view
from demo.passes import ResponseUrl
from demo.rooms import Room
from demo.state import State
from demo.surfaces import OpenView
from demo.transport.acks import Ack
from demo.web_api.arguments import Arguments
from demo.web_api.posting import Body, bot_message, read_body
from demo.web_api.views import push_view, update_view

TIMEOUT_SENTENCE: Final = "Slack did not get an answer from winback in time. Please try again."
FAILED_SENTENCE: Final = "We had some trouble connecting. Try again?"
REFUSED_SENTENCE: Final = "winback could not do this. Please try again."


def unacked(ack: Ack) -> ActRefused:
    """What the person sees when an act got no ack."""
    if ack.outcome == "timeout":
        return ActRefused("operation_timeout", TIMEOUT_SENTENCE)
    if ack.outcome == "unreachable":
        return ActRefused("dispatch_failed", FAILED_SENTENCE)
    return ActRefused("dispatch_failed", f"{REFUSED_SENTENCE} (status {ack.status})")


def answer_submission(state: State, view: OpenView, payload: Any) -> Json:
    """Carry out the ack of a view_submission; gives `response_action` and `errors` for the page.

    Errors: ActRefused `invalid_response` when the ack isn't one Slack would take.
    """
    response = as_object(payload)
    action = response.get("response_action")
    if payload is not None and payload != "" and not isinstance(payload, dict):
        raise _bad("the ack's body must be empty or an object")
    if action is None:
        state.surfaces.close(view)
        state.changes.tell("views", user=view.user)
        return {"response_action": "close", "errors": {}}
    if action == "errors":
        return {"response_action": "errors", "errors": _field_errors(view, response.get("errors"))}
    if action == "clear":
        state.surfaces.clear(view.user)
        state.changes.tell("views", user=view.user)
    elif action in {"update", "push"}:
        body = _checked_view(response.get("view"))
        if action == "update":
            update_view(state, view, body)
        else:
            _push(state, view, body)
    else:
        raise _bad(f"unknown response_action {action!r}")
    return {"response_action": action, "errors": {}}


def _push(state: State, view: OpenView, body: Json) -> None:
    try:
        push_view(state, view.user, body)
    except Refusal as refusal:
        raise _bad(refusal.error) from refusal


def _checked_view(view: object) -> Json:
    if not isinstance(view, dict):
        raise _bad("response_action needs a view")
    try:
        check_view(view, allowed=("modal",))
    except Refusal as refusal:
        raise _bad(f"{refusal.error} {refusal.extra}") from refusal
    return view


def _field_errors(view: OpenView, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise _bad("errors must name at least one block")
    for block_id, text in errors.items():
        if block_id not in inputs:
            raise _bad(f"errors names {block_id!r}, which is not an input block")
        if not isinstance(text, str) or not text:
            raise _bad(f"the error of {block_id!r} must be a text")
    return dict(errors)


def _bad(reason: str) -> ActRefused:
    return ActRefused("invalid_response", f"{FAILED_SENTENCE} ({reason})")


def answer_command(state: State, room: Room, user: str, payload: Any) -> None:
    """Show the ack's body, if any: ephemeral, or in the channel with `response_type: in_channel`.

    Errors: ActRefused `invalid_response`.
    """
    if payload in (None, "", {}):
        return
    body = {"text": payload} if isinstance(payload, str) else payload
    if not isinstance(body, dict):
        raise _bad("the ack's body must be a text or an object")
    try:
        say(state, room, user, body)
    except Refusal as refusal:
        raise _bad(f"{refusal.error} {refusal.extra}") from refusal


def say(state: State, room: Room, user: str, body: Json, *, thread_ts: str | None = None) -> None:
    """Post what an ack or a response URL says. Errors: Refusal like chat.postMessage's."""
    content = read_body(state, Arguments(body))
    kind = body.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise Refusal("invalid_response_type")
    message = bot_message(state, room, content, thread_ts=thread_ts)
    if kind == "ephemeral":
        message.ephemeral_to = user
    state.post(message)


def use_response_url(state: State, target: ResponseUrl, body: Json) -> None:
    """Carry out one post to a response URL. Errors: Refusal."""
    room = state.rooms[target.channel]
    message = room.find(target.message_ts) if target.message_ts else None
    if body.get("delete_original"):
        if message is None:
            raise Refusal("message_not_found", status=404)
        room.remove(message)
        state.tell_messages(message)
        return
    if body.get("replace_original"):
        if message is None:
            raise Refusal("message_not_found", status=404)
        content: Body = read_body(state, Arguments(body))
        message.text, message.blocks, message.attachments = content.text, content.blocks, content.attachments
        state.tell_messages(message)
        return
    thread_ts = body.get("thread_ts")
    if thread_ts is not None and thread_ts not in room.by_ts:
        raise Refusal("thread_not_found", status=400)
    say(state, room, target.user, body, thread_ts=thread_ts)


def show_error(state: State, user: str, refused: ActRefused) -> None:
    """Tell the person's page what went wrong."""
    state.changes.tell("error", user=user, message=refused.message)
