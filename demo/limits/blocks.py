"""Blocks and lists of blocks: https://docs.slack.dev/reference/block-kit/blocks."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from demo.jsons import Json, as_list, as_object
from demo.limits.elements import IN_ACTIONS, IN_INPUT, IN_SECTION
from demo.limits.newer import (
    ALERT,
    CARD,
    CAROUSEL,
    CONTEXT_ACTIONS,
    DATA_TABLE,
    DATA_VISUALIZATION,
    TABLE,
    TABLE_CHARACTERS,
    cell_characters,
)
from demo.limits.objects import IMAGE_ELEMENT, SLACK_FILE, TEXT_LONGEST, identifier, plain, text
from demo.limits.problems import Problems
from demo.limits.rich_text import RICH_TEXT
from demo.limits.shapes import Check, Shape, by_type, flag, items, one_of, string, url

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}


def _section_says_something(value: Json, at: str, problems: Problems) -> None:
    if value.get("text") is None and value.get("fields") is None:
        problems.add(at, "missing required field: text or fields", "missing_field")


def _image_has_source(value: Json, at: str, problems: Problems) -> None:
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        problems.add(at, "needs exactly one of image_url and slack_file", "missing_field")


_CONTEXT_ELEMENT: Final = by_type(
    {"image": IMAGE_ELEMENT, "plain_text": text(TEXT_LONGEST), "mrkdwn": text(TEXT_LONGEST)}, what="a context element"
)

_CLASSIC: Final[Mapping[str, Check]] = {
    "section": Shape(
        optional={
            "block_id": identifier,
            "text": text(TEXT_LONGEST),
            "fields": items(text(2000), 1, 10),
            "accessory": IN_SECTION,
            "expand": flag,
        },
        also=_section_says_something,
    ),
    "divider": Shape(optional={"block_id": identifier}),
    "header": Shape(required={"text": plain(150)}, optional={"block_id": identifier}),
    "context": Shape(required={"elements": items(_CONTEXT_ELEMENT, 1, 10)}, optional={"block_id": identifier}),
    "actions": Shape(required={"elements": items(IN_ACTIONS, 1, 25)}, optional={"block_id": identifier}),
    "image": Shape(
        required={"alt_text": string(2000)},
        optional={"block_id": identifier, "image_url": url(), "slack_file": SLACK_FILE, "title": plain(2000)},
        also=_image_has_source,
    ),
    "input": Shape(
        required={"label": plain(2000), "element": IN_INPUT},
        optional={"block_id": identifier, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
    "video": Shape(
        required={
            "alt_text": string(2000),
            "title": plain(200),
            "video_url": url(),
            "thumbnail_url": url(),
        },
        optional={
            "block_id": identifier,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": url(),
            "provider_name": string(50),
            "title_url": url(),
        },
    ),
}

_MESSAGE_ONLY: Final[Mapping[str, Check]] = {
    "markdown": Shape(required={"text": string(12_000)}, optional={"block_id": identifier}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "card": CARD,
    "carousel": CAROUSEL,
    "context_actions": CONTEXT_ACTIONS,
    "file": Shape(required={"external_id": string(255), "source": one_of("remote")}, optional={"block_id": identifier}),
}


def _container_title(value: Json, at: str, problems: Problems) -> None:
    if value.get("title") is None and value.get("rich_text_title") is None:
        problems.add(at, "missing required field: title or rich_text_title", "missing_field")
    if value.get("is_collapsible") and value.get("has_header_divider"):
        problems.add(at, "has_header_divider can't be set when is_collapsible is true")
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        problems.add(at, "default_collapsed needs is_collapsible")


_CONTAINED: Final = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
_CONTAINER: Final = Shape(
    required={
        "child_blocks": items(
            by_type({**{name: _CLASSIC[name] for name in _CONTAINED}, "table": TABLE}, what="a block"), 1, 10
        )
    },
    optional={
        "block_id": identifier,
        "title": plain(150),
        "rich_text_title": by_type({"rich_text": RICH_TEXT}, what="a title"),
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": by_type({"image": IMAGE_ELEMENT}, what="an icon"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    also=_container_title,
)

_BLOCKS: Final[Mapping[Surface, Check]] = {
    "message": by_type({**_CLASSIC, **_MESSAGE_ONLY, "container": _CONTAINER}, what="a block"),
    "modal": by_type({**_CLASSIC, "alert": ALERT}, what="a block"),
    "home": by_type(_CLASSIC, what="a block"),
}
# How many of a kind one message holds.
_MOST_OF_A_KIND: Final = {"table": 1, "data_visualization": 2}
_TABLES: Final = {"table", "data_table"}
_RESPONSE_URL_ELEMENTS: Final = {"conversations_select", "channels_select"}


def check_blocks(value: Any, surface: Surface, at: str, problems: Problems) -> None:
    """Check a list of blocks: number, shapes, unique ids, one focus, kinds a message holds only so many of."""
    if not isinstance(value, list):
        problems.add(at, "must be an array", "invalid_type")
        return
    before = len(problems.found)
    items(_BLOCKS[surface], 0, MOST_BLOCKS[surface])(value, at, problems)
    if len(problems.found) > before:
        return
    blocks: list[Json] = value
    _check_ids(blocks, at, problems)
    for kind, most in _MOST_OF_A_KIND.items():
        if sum(1 for block in blocks if block.get("type") == kind) > most:
            problems.add(at, f"no more than {most} {kind} block{'s' * (most > 1)} allowed")
    if cell_characters([block["rows"] for block in blocks if block.get("type") in _TABLES]) > TABLE_CHARACTERS:
        problems.add(at, f"must be less than {TABLE_CHARACTERS + 1} characters in all cells of a message")
    focused = [element for _block, element in elements_of(blocks) if element.get("focus_on_load")]
    if len(focused) > 1:
        problems.add(at, "only one element can have focus_on_load")
    if surface != "modal":
        _refuse_response_urls(blocks, at, problems)


def _check_ids(blocks: list[Json], at: str, problems: Problems) -> None:
    seen: set[str] = set()
    for block in _with_children(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                problems.add(at, f"block_id already exists: {block_id}")
            seen.add(block_id)
        actions = [element.get("action_id") for element in block_elements(block) if element.get("action_id")]
        for action_id in sorted({str(action) for action in actions if actions.count(action) > 1}):
            problems.add(at, f"action_id already exists: {action_id}")


def _refuse_response_urls(blocks: list[Json], at: str, problems: Problems) -> None:
    for _block, element in elements_of(blocks):
        if element.get("response_url_enabled") and element.get("type") in _RESPONSE_URL_ELEMENTS:
            problems.add(at, "response_url_enabled works in modals only")


def _with_children(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        for name in ("child_blocks", "elements"):
            for child in as_list(block.get(name)):
                if isinstance(child, dict) and (name == "child_blocks" or child.get("type") == "card"):
                    yield child


def block_elements(block: Json) -> list[Json]:
    """The interactive elements of one block (of a card, its actions)."""
    kind = block.get("type")
    if kind == "section":
        found = [block.get("accessory")]
    elif kind == "input":
        found = [block.get("element")]
    elif kind in {"actions", "context_actions"}:
        found = as_list(block.get("elements"))
    elif kind == "card":
        found = as_list(block.get("actions"))
    else:
        found = []
    return [as_object(element) for element in found if isinstance(element, dict) and element.get("type") != "image"]


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block, children of containers and carousels included."""
    for block in _with_children(blocks):
        for element in block_elements(block):
            yield block, element
