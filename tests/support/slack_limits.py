"""Slack's limits, checked on what we send: numbers from docs.slack.dev, Block Kit reference, and Slack's own errors.

Own arithmetic, independent of the views and of slack_sdk's models, which both miss some of these.
Lengths count UTF-16 units, the strictest reading of "characters".
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from bot.views.look import Look

Json = dict[str, Any]

TOTAL_TEXT = 13_200  # msg_blocks_too_long, measured by others; we hold the whole JSON below it
MESSAGE_TEXT = 4_000  # bytes; chat.update refuses more (msg_too_long), chat.postMessage would take 40,000
VIEW_BYTES = 250_000
IN_BOTH = {"rich_text", "section", "context", "actions", "header", "divider"}
DATA = {"data_table", "data_visualization"}  # these have limits of their own, by the characters that people read
IN_MESSAGE = IN_BOTH | DATA
IN_VIEW = IN_BOTH | {"input"}
TABLES_TEXT = 10_000
INLINE = {
    "text": {"text"},
    "user": {"user_id"},
    "date": {"timestamp", "format", "fallback"},
    "link": {"url", "text"},
}


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def message_problems(look: Look) -> list[str]:
    """What Slack would refuse in a message; empty when it fits."""
    found = list(_text("text", look.text, MESSAGE_TEXT))
    if len(look.text.encode("utf-8", "replace")) > MESSAGE_TEXT:
        found.append(f"text: {len(look.text.encode('utf-8', 'replace'))} bytes")
    if not 1 <= len(look.blocks) <= 50:
        found.append(f"{len(look.blocks)} blocks")
    data = [block for block in look.blocks if block["type"] in DATA]
    total = len(json.dumps([block for block in look.blocks if block not in data])) + _read_characters(data)
    if total > TOTAL_TEXT:
        found.append(f"{total} characters in all blocks")
    in_tables = _read_characters([block for block in data if block["type"] == "data_table"])
    if in_tables > TABLES_TEXT or len([1 for block in data if block["type"] == "data_visualization"]) > 2:
        found.append(f"{in_tables} characters in tables, or too many charts")
    return found + list(_blocks(list(look.blocks), IN_MESSAGE))


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse in a modal or an App Home; empty when it fits."""
    found = list(_blocks(view["blocks"], IN_VIEW))
    if not 1 <= len(view["blocks"]) <= 100:
        found.append(f"{len(view['blocks'])} blocks")
    if len(json.dumps(view)) > VIEW_BYTES:
        found.append(f"{len(json.dumps(view))} bytes")
    if length(view.get("private_metadata", "")) > 3000 or length(view.get("callback_id", "")) > 255:
        found.append("private_metadata or callback_id too long")
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "home":
        return found + [f"a home has no {key}" for key in ("title", "submit", "close") if key in view]
    for key in ("title", "submit", "close"):
        if key in view:
            found += _plain(key, view[key], 24)
    if "title" not in view or (has_input and "submit" not in view):
        found.append("a modal needs a title, and a submit when it has inputs")
    return found


def strings(node: Any) -> Iterator[str]:
    """Every string anywhere in a payload."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)


def parsed_texts(node: Any) -> Iterator[str]:
    """Every string that Slack parses as mrkdwn."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from parsed_texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from parsed_texts(value)


def _blocks(blocks: list[Json], allowed: set[str]) -> Iterator[str]:
    ids = [block.get("block_id", "") for block in blocks]
    if "" in ids or len(set(ids)) != len(ids):
        yield f"block ids missing or not unique: {ids}"
    for block in blocks:
        yield from _id("block_id", block["block_id"])
        if block["type"] not in allowed:
            yield f"{block['type']} is not used here"
        else:
            yield from _CHECKS[block["type"]](block)
        actions = [element["action_id"] for element in _elements(block) if "action_id" in element]
        if len(set(actions)) != len(actions):
            yield f"action ids not unique: {actions}"
    if sum(bool(element.get("focus_on_load")) for block in blocks for element in _elements(block)) > 1:
        yield "more than one focus_on_load"


def _elements(block: Json) -> list[Json]:
    if block["type"] == "actions":
        return list(block["elements"])
    return [block[key] for key in ("accessory", "element") if key in block]


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "a section needs text or fields"
    if "text" in block:
        yield from _text_object("section", block["text"], 3000)
    if len(block.get("fields", [])) > 10:
        yield "more than 10 fields"
    for field in block.get("fields", []):
        yield from _text_object("field", field, 2000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _context(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield f"{len(block['elements'])} elements in a context"
    for element in block["elements"]:
        yield from _text_object("context", element, 3000)


def _actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield f"{len(block['elements'])} elements in actions"
    for element in block["elements"]:
        yield from _element(element)


def _header(block: Json) -> Iterator[str]:
    yield from _plain("header", block["text"], 150)


def _divider(_block: Json) -> Iterator[str]:
    return iter(())


def _input(block: Json) -> Iterator[str]:
    yield from _plain("label", block["label"], 2000)
    if "hint" in block:
        yield from _plain("hint", block["hint"], 2000)
    yield from _element(block["element"])


def _rich_text(block: Json) -> Iterator[str]:
    if not block["elements"]:
        yield "an empty rich_text"
    for group in block["elements"]:
        if group["type"] not in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
            yield f"{group['type']} is not used here"
        if not group["elements"]:
            yield f"an empty {group['type']}"
        for part in group["elements"]:
            missing = INLINE.get(part["type"], {"a known type"}) - part.keys()
            if missing:
                yield f"{part['type']} without {missing}"
            for text in (value for key, value in part.items() if key in {"text", "fallback", "url"}):
                yield from _text(part["type"], text, 3000)


def _data_table(block: Json) -> Iterator[str]:
    rows = block["rows"]
    if not 2 <= len(rows) <= 101 or not 1 <= len(rows[0]) <= 20 or len({len(row) for row in rows}) != 1:
        yield f"a table of {len(rows)} rows and {[len(row) for row in rows]} cells"
    if not 1 <= block.get("page_size", 5) <= 100 or block.get("row_header_column_index", 0) not in range(len(rows[0])):
        yield "page_size or row_header_column_index out of range"
    if any(cell["type"] not in {"raw_text", "raw_number"} for cell in rows[0]):
        yield "a header cell takes plain text only"
    yield from _text("caption", block["caption"], 255)
    for cell in (cell for row in rows for cell in row):
        if cell["type"] == "rich_text":
            yield from _rich_text(cell)
        elif cell["type"] in {"raw_text", "raw_number"}:
            yield from _text("cell", cell["text"], TABLES_TEXT)
        if cell["type"] == "raw_number":
            yield from _number(cell["value"])


def _data_visualization(block: Json) -> Iterator[str]:
    chart = block["chart"]
    yield from _text("title", block["title"], 50)
    if chart["type"] != "bar":
        yield f"a {chart['type']} chart is not used here"
    categories = chart["axis_config"]["categories"]
    names = [series["name"] for series in chart["series"]]
    if not 1 <= len(names) <= 6 or not 1 <= len(categories) <= 20:
        yield f"{len(names)} series of {len(categories)} categories"
    for labels, most in ((categories, 20), (names, 20)):
        if len(set(labels)) != len(labels):
            yield f"labels not unique: {labels}"
        for label in labels:
            yield from _text("label", label, most)
    for series in chart["series"]:
        if [point["label"] for point in series["data"]] != categories:
            yield f"{series['name']} has not one value for each category"
        for point in series["data"]:
            yield from _number(point["value"])


def _number(value: object) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield f"not a number: {value}"


def _read_characters(node: Any) -> int:
    """How many characters people read in tables and charts, captions and ids of people included."""
    if isinstance(node, dict):
        return sum(_read_characters(value) for key, value in node.items() if key not in {"type", "block_id"})
    if isinstance(node, list):
        return sum(_read_characters(value) for value in node)
    return length(node) if isinstance(node, str) else 0


def _element(element: Json) -> Iterator[str]:
    yield from _id("action_id", element["action_id"])
    if "accessibility_label" in element:
        yield from _text("accessibility_label", element["accessibility_label"], 75)
    if "url" in element:
        yield from _url(element["url"])
    if "placeholder" in element:
        yield from _plain("placeholder", element["placeholder"], 150)
    check = _ELEMENTS.get(element["type"])
    yield from check(element) if check else [f"{element['type']} is not used here"]


def _button(element: Json) -> Iterator[str]:
    yield from _plain("button", element["text"], 75)
    if length(element.get("value", "")) > 2000:
        yield "button value too long"


def _typed(element: Json) -> Iterator[str]:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield "max_length out of range"
    if "initial_value" in element:
        yield from _text("initial_value", element["initial_value"], most)


def _day(element: Json) -> Iterator[str]:
    date.fromisoformat(element.get("initial_date", "2026-11-21"))
    return iter(())


def _moment(element: Json) -> Iterator[str]:
    if len(str(element.get("initial_date_time", 10**9))) != 10:
        yield f"a datetimepicker takes ten digits, not {element['initial_date_time']}"


def _options(element: Json) -> Iterator[str]:
    most = {"overflow": 5, "checkboxes": 10}.get(element["type"], 100)
    if not 1 <= len(element["options"]) <= most:
        yield f"{len(element['options'])} options"
    values = [option["value"] for option in element["options"]]
    if len(set(values)) != len(values):
        yield f"option values not unique: {values}"
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    if any(option not in element["options"] for option in chosen):
        yield "an initial option that is none of the options"
    for option in element["options"]:
        yield from _plain("option", option["text"], 75)
        yield from _text("option value", option["value"], 150)
        if "url" in option:
            yield from _url(option["url"])
            if element["type"] != "overflow":
                yield "a url in an option outside an overflow menu"


def _text_object(where: str, value: Json, most: int) -> Iterator[str]:
    yield from _text(where, value["text"], most)
    allowed = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
    if value.keys() - allowed.get(value["type"], set()):
        yield f"{where}: {value['type']} with {sorted(value)}"


def _plain(where: str, value: Json, most: int) -> Iterator[str]:
    if value["type"] != "plain_text":
        yield f"{where} must be plain_text"
    yield from _text_object(where, value, most)


def _text(where: str, value: str, most: int) -> Iterator[str]:
    if not 1 <= length(value) <= most:
        yield f"{where}: {length(value)} characters, at most {most}"
    if any("\ud800" <= char <= "\udfff" for char in value):
        yield f"{where}: half a character can't be sent as UTF-8"


def _url(value: str) -> Iterator[str]:
    if length(value) > 3000 or urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc:
        yield f"not an address: {value}"


def _id(where: str, value: str) -> Iterator[str]:
    if not 1 <= length(value) <= 255:
        yield f"{where}: {length(value)} characters"


_ELEMENTS: dict[str, Callable[[Json], Iterable[str]]] = {
    "button": _button,
    "overflow": _options,
    "static_select": _options,
    "multi_static_select": _options,
    "checkboxes": _options,
    "plain_text_input": _typed,
    "datepicker": _day,
    "datetimepicker": _moment,
    "users_select": lambda _element: [],
}
_CHECKS = {
    "rich_text": _rich_text,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "header": _header,
    "divider": _divider,
    "input": _input,
    "data_table": _data_table,
    "data_visualization": _data_visualization,
}
