"""Whole messages and views: what Slack refuses about them, in its words and error names."""

import json
from collections.abc import Collection
from typing import Any, Final

from demo.errors import Refusal
from demo.jsons import Json, as_list
from demo.limits.blocks import Surface, check_blocks
from demo.limits.objects import identifier, plain
from demo.limits.problems import Problems
from demo.limits.shapes import Check, Shape, anything, flag, string

BLOCK_TEXT_LONGEST: Final = 13_200
TEXT_LONGEST: Final = 40_000
UPDATE_TEXT_BYTES: Final = 4_000
VIEW_BYTES: Final = 250_000
METADATA_BYTES: Final = 16_384
ATTACHMENTS_MOST: Final = 100

_COMMON: Final[dict[str, Check]] = {
    "blocks": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "close": plain(24),
    "submit": plain(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
    "type": anything,
}
_MODAL: Final = Shape(required={"title": plain(24), "blocks": anything}, optional=_COMMON)
_HOME: Final = Shape(
    required={"blocks": anything},
    optional={name: check for name, check in _COMMON.items() if name not in {"close", "submit"}} | {"title": plain(24)},
)


def block_text(value: Any) -> int:
    """Characters of text in blocks, as `msg_blocks_too_long` counts them."""
    if isinstance(value, dict):
        return sum(
            len(inside) if name == "text" and isinstance(inside, str) else block_text(inside)
            for name, inside in value.items()
        )
    if isinstance(value, list):
        return sum(block_text(item) for item in value)
    return 0


def check_message_blocks(blocks: list[Json], unknown: Collection[str] = ()) -> None:
    """Errors: `invalid_blocks` with details, `msg_blocks_too_long`.

    `unknown`: types of blocks that a test made the workspace forget; like every fault, that is only a word.
    """
    problems = Problems()
    check_blocks(blocks, "message", "/blocks", problems)
    if problems:
        raise refused_blocks(problems)
    if any(block["type"] in unknown for block in blocks):
        raise Refusal("invalid_blocks")
    if block_text(blocks) > BLOCK_TEXT_LONGEST:
        raise Refusal("msg_blocks_too_long")


def refused_blocks(problems: Problems) -> Refusal:
    texts = problems.texts()
    return Refusal(
        "invalid_blocks",
        extra={"errors": texts, "response_metadata": {"messages": [f"[ERROR] {text}" for text in texts]}},
    )


def view_problems(view: Json, *, allowed: tuple[str, ...] = ("modal", "home")) -> Problems:
    """What is wrong with a view; pointers start at /view."""
    problems = Problems()
    kind = view.get("type")
    if kind not in allowed:
        problems.add("/view/type", f"must be one of {', '.join(allowed)}", "unsupported_type")
        return problems
    (_MODAL if kind == "modal" else _HOME)(view, "/view", problems)
    surface: Surface = "modal" if kind == "modal" else "home"
    check_blocks(view.get("blocks"), surface, "/view/blocks", problems)
    has_inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in as_list(view.get("blocks")))
    if kind == "modal" and has_inputs and view.get("submit") is None:
        problems.add("/view", "missing required field: submit (the view has inputs)", "missing_field")
    return problems


def check_view(view: Json, *, allowed: tuple[str, ...]) -> None:
    """Errors: `invalid_arguments` with details, `view_too_large`."""
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass")) > VIEW_BYTES:
        raise Refusal("view_too_large")
    problems = view_problems(view, allowed=allowed)
    if problems:
        texts = [f"[ERROR] {text}" for text in problems.texts()]
        raise Refusal("invalid_arguments", extra={"response_metadata": {"messages": texts}})


def check_metadata(value: Any) -> Json:
    """`event_type` and a flat `event_payload`. Errors: invalid_metadata_format, metadata_too_large."""
    if not isinstance(value, dict) or set(value) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_format")
    event_type, payload = value.get("event_type"), value.get("event_payload")
    problems = Problems()
    identifier(event_type, "/metadata/event_type", problems)
    if problems or not isinstance(payload, dict) or not all(_flat(inside) for inside in payload.values()):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(value).encode()) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return value


def _flat(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, (str, int, float, bool)) for item in value)
    return value is None or isinstance(value, (str, int, float, bool))
