"""Reads what we send to Slack as a person would see it: lines of text, buttons in brackets, the quote with a bar."""

import re
from typing import Any

Json = dict[str, Any]
_FILLED = ("initial_value", "initial_date", "initial_date_time", "initial_user")
_TOKENS = re.compile(r"<!date\^(\d+)\^[^|]*\|([^>]*)>|<@([A-Z0-9]+)>|<#([A-Z0-9]+)>|<https?://[^|>]+\|([^>]*)>")


def read(blocks: Any) -> list[str]:
    """The lines of a message, modal or home. Bold shows as it stands; `emoji: false` and ids are not seen."""
    return [line for block in blocks for line in _READERS[block["type"]](block)]


def quoted(blocks: Any) -> str:
    """The text inside all quotes, as it stands."""
    groups = [group for block in blocks if block["type"] == "rich_text" for group in block["elements"]]
    return "".join(part["text"] for group in groups if group["type"] == "rich_text_quote" for part in group["elements"])


def pressed(blocks: Any) -> list[Json]:
    """Everything with an action_id, options of overflow menus included."""
    found: list[Json] = []
    for block in blocks:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        elements += [block[key] for key in ("accessory", "element") if key in block]
        for element in elements:
            found += [element, *element.get("options", [])]
    return found


def _rich(block: Json) -> list[str]:
    lines = []
    for group in block["elements"]:
        text = "".join(_inline(part) for part in group["elements"])
        bar = {"rich_text_quote": "❝ ", "rich_text_preformatted": "| "}.get(group["type"], "")
        lines += [bar + line for line in text.split("\n")]
    return lines


def _inline(part: Json) -> str:
    if part["type"] == "user":
        return f"@{part['user_id']}"
    if part["type"] == "date":
        return str(part["fallback"])
    return str(part["text"])


def _section(block: Json) -> list[str]:
    texts = [block["text"]] if "text" in block else block["fields"]
    lines = " | ".join(_text(text) for text in texts).split("\n")
    return lines + ([_element(block["accessory"])] if "accessory" in block else [])


def _context(block: Json) -> list[str]:
    return [" | ".join(_text(element) for element in block["elements"])]


def _actions(block: Json) -> list[str]:
    return [" ".join(_element(element) for element in block["elements"])]


def _input(block: Json) -> list[str]:
    optional = " (optional)" if block["optional"] else ""
    lines = [f"{block['label']['text']}{optional} {_element(block['element'])}"]
    return lines + ([block["hint"]["text"]] if "hint" in block else [])


def _table(block: Json) -> list[str]:
    """The caption, the head and each row, cells with bars between them."""
    return [f"# {block['caption']}", *(" | ".join(_cell(cell) for cell in row) for row in block["rows"])]


def _cell(cell: Json) -> str:
    return " ".join(_rich(cell)) if cell["type"] == "rich_text" else str(cell["text"])


def _chart(block: Json) -> list[str]:
    """The title, and for each category what the bars of each series show."""
    series = block["chart"]["series"]
    lines = [f"# {block['title']}"]
    for place, label in enumerate(block["chart"]["axis_config"]["categories"]):
        lines.append(" | ".join([label, *(f"{each['name']} {each['data'][place]['value']}" for each in series)]))
    return lines


def _element(element: Json) -> str:
    if element["type"] == "button":
        primary = "*" if element.get("style") == "primary" else ""
        return f"[{primary}{element['text']['text']}]"
    if "options" in element:
        ticked = [option["value"] for option in _chosen(element)]
        sign = {"overflow": "⋯", "checkboxes": "☐"}.get(element["type"], "▾")
        choices = " · ".join(
            option["text"]["text"] + ("✓" if option["value"] in ticked else "") for option in element["options"]
        )
        return f"[{sign} {choices}]"
    filled = [str(element[key]) for key in _FILLED if key in element]
    return f"[{': '.join([element['type'], *filled])}]"


def _chosen(element: Json) -> list[Json]:
    return [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])


def _text(text: Json) -> str:
    if text["type"] == "plain_text":
        return str(text["text"])
    shown = _TOKENS.sub(_drawn, text["text"])
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _drawn(token: re.Match[str]) -> str:
    if token[5]:
        return f"[{token[5]}]"
    return token[2] or (f"@{token[3]}" if token[3] else f"#{token[4]}")


_READERS = {
    "rich_text": _rich,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "header": lambda block: [block["text"]["text"]],
    "divider": lambda _block: ["---"],
    "input": _input,
    "data_table": _table,
    "data_visualization": _chart,
}
