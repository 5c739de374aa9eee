"""What the workspace recorded, held against slack_sdk's models and our own arithmetic of Slack's limits."""

from collections.abc import Iterable
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.views.look import Look
from demo.recorded import Call
from demo.running import RunningWorkspace
from tests.support.slack_limits import DATA, MESSAGE_TEXT, length, message_problems, view_problems

Json = dict[str, Any]

MESSAGES = ("chat.postMessage", "chat.update", "chat.postEphemeral")
VIEWS = ("views.open", "views.push", "views.update", "views.publish")
METADATA = "winback_surface"
OUR_MISTAKES = {"invalid_arguments", "unknown_method", "missing_scope", "not_allowed_token_type", "invalid_blocks"}


def check_sent(workspace: RunningWorkspace) -> None:
    """Errors: AssertionError that lists everything sent that Slack or slack_sdk would not take."""
    problems = sent_problems(workspace.recorded)
    problems += [p for sent in workspace.sent for p in _ack_problems(sent.ack.payload)]
    assert not problems, "what was sent breaks Slack's limits:\n" + "\n".join(dict.fromkeys(problems))


def sent_problems(calls: Iterable[Call]) -> list[str]:
    """Everything wrong with these calls, whether the workspace took them, refused them or lost their answer."""
    problems: list[str] = []
    for call in calls:
        if call.method in MESSAGES:
            problems += [f"{call.method} #{call.seq}: {p}" for p in _message(call.args)]
        elif call.method == "response_url":
            problems += [f"{call.method} #{call.seq}: {p}" for p in _words(call.args)]
        elif call.method in VIEWS:
            problems += [f"{call.method} #{call.seq}: {p}" for p in _view(call.args.get("view"))]
        # The workspace explains these; a fault that a test switched on has only the word.
        if call.error in OUR_MISTAKES and len(call.answer) > len(("ok", "error")):
            problems.append(f"{call.method} #{call.seq} was refused: {call.error} {call.answer}")
    return problems


def _message(args: Json) -> list[str]:
    return _words(args) + ([] if args.get("user") else _metadata(args))  # an ephemeral message is never looked up


def _words(args: Json) -> list[str]:
    text, blocks = str(args.get("text") or ""), args.get("blocks") or []
    if not blocks:
        return [] if 1 <= length(text) <= MESSAGE_TEXT else [f"{length(text)} characters of plain words"]
    return message_problems(Look(text, tuple(blocks))) + _unmodelled(blocks)


def _metadata(args: Json) -> list[str]:
    metadata = args.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    surface = payload.get("surface")
    if metadata.get("event_type") != METADATA or list(payload) != ["surface"] or not surface:
        return [f"metadata by which it can't be found again: {metadata}"]
    return []


def _view(view: Any) -> list[str]:
    if not isinstance(view, dict):
        return ["no view"]
    problems = view_problems(view) + _unmodelled(view["blocks"])
    try:
        View(**view).validate_json()
    except (SlackObjectFormationError, TypeError) as error:
        problems.append(f"slack_sdk: {error}")
    return problems


def _unmodelled(blocks: list[Json]) -> list[str]:
    problems = []
    for block in blocks:
        if block.get("type") in DATA:  # slack_sdk has no models of these
            continue
        try:
            parsed = Block.parse(block)
            if parsed is None:
                problems.append(f"slack_sdk does not know a block of type {block.get('type')}")
            else:
                parsed.validate_json()
        except (SlackObjectFormationError, TypeError, KeyError) as error:
            problems.append(f"slack_sdk: {block.get('block_id')}: {error}")
    return problems


def _ack_problems(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return []
    if payload.get("response_action") in {"update", "push"}:
        return [f"ack: {p}" for p in _view(payload.get("view"))]
    if payload.get("response_action") == "errors":
        return [f"ack: empty error at {block}" for block, text in payload["errors"].items() if not text]
    blocks = payload.get("blocks") or []
    deaf = [f"ack: nobody would hear that Slack refuses a {b['type']}" for b in blocks if b.get("type") in DATA]
    return deaf + [f"ack: {p}" for p in _unmodelled(blocks)]
