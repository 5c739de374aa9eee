"""Slack's own tables and charts, made of values; and the same figures in words, for where Slack does not take them.

slack_sdk has no classes for these blocks. Sources: docs.slack.dev, pages "Data table block" and "Data visualization
block". Slack parses nothing in a cell or a label, so a name stands there as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.views import blocks, kit
from bot.views.look import Block
from recovery.figures.nps import MINUS

ROWS = 25  # of a page of figures; Slack turns pages of PAGE rows in it, and sorts all of them
PAGE = 10
MOST_POINTS = 20  # of a chart, along its axis
MOST_SERIES = 6
_TABLE, _CHART = "data_table", "data_visualization"
_MOST_ROWS, _MOST_COLUMNS = 100, 20
_CAPTION = 100  # characters
_TITLE = 50
_LABEL = 20
_IN_CELLS = 9_000  # characters of one table; Slack takes 10,000 in all tables of a message
_FIGURE = 80  # characters of a cell that is not the first of its row
# Characters of what a row is about, and of any other cell: as many as fit. The others are words of ours as a rule.
_LENGTHS = ((40, _FIGURE), (24, _FIGURE), (12, _FIGURE), (6, _FIGURE), (6, 24), (4, 8))
_SECTION = 2_900  # characters; Slack takes 3,000
_MESSAGE = 12_800  # characters of JSON; Slack takes about 13,200 in a message
_BELOW_ALL = -1_000_000_000
NOTHING = "\u2013"


@dataclass(frozen=True, slots=True)
class Number:
    """A cell that is sorted by `value` and reads `text`."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """A cell that mentions a Slack user."""

    user: str


@dataclass(frozen=True, slots=True)
class Series:
    """The bars of one colour: a value for each category, in their order."""

    name: str
    values: tuple[int, ...]


Cell = str | Number | Person


def nothing(text: str = NOTHING) -> Number:
    """A cell of a column of numbers in which there is none: it is sorted below all figures, and never reads as one.

    One cell of another kind would make Slack sort the whole column by the alphabet.
    """
    return Number(_BELOW_ALL, text)


def table(block_id: str, caption: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Block:
    """A table that its reader can sort and turn the pages of; the first column names the row.

    Texts are cut, and shorter where many long ones would be more than Slack takes. Raises ValueError for no row or
    more than 100, no column or more than 20, and a row that is longer or shorter than the head.
    """
    if not 1 <= len(rows) <= _MOST_ROWS or not 1 <= len(head) <= _MOST_COLUMNS:
        raise ValueError(f"Slack has no table of {len(rows)} rows and {len(head)} columns.")
    if any(len(row) != len(head) for row in rows):
        raise ValueError("A row of a table is not as long as its head.")
    drawn: list[list[Block]] = []
    for most, figure in _LENGTHS:
        drawn = [_cells(row, most, figure) for row in (head, *rows)]
        if sum(kit.size(text) for line in drawn for cell in line for text in _texts(cell)) <= _IN_CELLS:
            break
    return {
        "type": _TABLE,
        "block_id": block_id,
        "caption": kit.named(caption, _CAPTION) or kit.ELLIPSIS,
        "rows": drawn,
        "page_size": PAGE,
        "row_header_column_index": 0,
    }


def bars(block_id: str, title: str, categories: Sequence[str], series: Sequence[Series], y_label: str) -> Block:
    """A chart of bars, one group for each category. Labels are cut, and told apart where they become the same.

    Raises ValueError for what Slack has no chart of: no category or more than 20, no series or more than 6, or a
    series that has not one value for each category.
    """
    if not 1 <= len(categories) <= MOST_POINTS or not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"Slack has no chart of {len(categories)} categories and {len(series)} series.")
    if any(len(each.values) != len(categories) for each in series):
        raise ValueError("A series of a chart has not one value for each category.")
    labels = _apart(categories)
    drawn = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(labels, each.values, strict=True)],
        }
        for name, each in zip(_apart([each.name for each in series]), series, strict=True)
    ]
    return {
        "type": _CHART,
        "block_id": block_id,
        "title": kit.named(title, _TITLE) or kit.ELLIPSIS,
        "chart": {
            "type": "bar",
            "series": drawn,
            "axis_config": {"categories": labels, "y_label": kit.named(y_label, _TITLE) or kit.ELLIPSIS},
        },
    }


def is_in(found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there is a block among these that a workspace may not take."""
    return any(block["type"] in {_TABLE, _CHART} for block in found)


def in_words(found: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """The same blocks with every table and chart as lines of text, which every workspace takes."""
    shown: list[Block] = []
    for most, figure in _LENGTHS:
        shown = [part for block in found for part in _worded(block, most, figure)]
        if len(json.dumps(shown)) <= _MESSAGE:
            break
    return tuple(shown)


def _cells(row: Sequence[Cell], most: int, figure: int) -> list[Block]:
    return [_cell(cell, figure if place else most) for place, cell in enumerate(row)]


def _cell(cell: Cell, most: int) -> Block:
    match cell:
        case Number(value, text):
            return {"type": "raw_number", "value": value, "text": kit.named(text, most) or kit.ELLIPSIS}
        case Person(user):
            named = blocks.person(user)
            if isinstance(named, str):
                return {"type": "raw_text", "text": named or kit.ELLIPSIS}
            return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [named]}]}
        case _:
            return {"type": "raw_text", "text": kit.named(cell, most) or kit.ELLIPSIS}


def _texts(value: Any) -> Iterator[str]:
    """What a reader sees of a cell, and the ids in it."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if name in {"text", "user_id"}:
                yield str(inside)
            else:
                yield from _texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)


def _apart(names: Sequence[str]) -> list[str]:
    """Labels of a chart: cut, not empty, and each of them once."""
    found: list[str] = []
    for name in names:
        label, number = kit.named(name, _LABEL) or kit.ELLIPSIS, 1
        while label in found:
            number += 1
            label = f"{kit.named(name, _LABEL - 5) or kit.ELLIPSIS} ({number})"
        found.append(label)
    return found


def _worded(block: Mapping[str, Any], most: int, figure: int) -> list[Block]:
    if block["type"] == _TABLE:
        head, *rows = block["rows"]
        names = [_said(cell, figure) for cell in head]
        lines = [_row(names, [_said(row[0], most), *(_said(cell, figure) for cell in row[1:])]) for row in rows]
        return _sections(block["block_id"], [f"*{kit.escaped(block['caption'])}*", *lines])
    if block["type"] == _CHART:
        chart = block["chart"]
        names = [kit.typed(label, most) for label in chart["axis_config"]["categories"]]
        lines = [_group(name, chart["series"], place, most) for place, name in enumerate(names)]
        return _sections(block["block_id"], [f"*{kit.escaped(block['title'])}*", *lines])
    return [dict(block)]


def _said(cell: Mapping[str, Any], most: int) -> str:
    """A cell in mrkdwn; "" where there is nothing."""
    if cell["type"] == "rich_text":
        (part,) = cell["elements"][0]["elements"]
        return kit.mention(part["user_id"])
    return "" if cell["text"] == NOTHING else kit.typed(cell["text"], most)


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    """Give "*Enterprise* · Answers 110 · NPS +36": who or what it is about, and each figure under its name."""
    figures = [f"{name} {said}" for name, said in zip(head[1:], row[1:], strict=True) if said]
    return kit.dotted(f"*{row[0]}*", *figures)


def _group(name: str, series: Sequence[Mapping[str, Any]], place: int, most: int) -> str:
    values = [f"{kit.typed(each['name'], most)} {_with_minus(each['data'][place]['value'])}" for each in series]
    return kit.dotted(name, *values)


def _with_minus(value: float) -> str:
    return str(value).replace("-", MINUS)


def _sections(block_id: str, lines: Sequence[str]) -> list[Block]:
    """The lines in as few blocks as hold them."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if kit.size("\n".join([*parts[-1], line])) > _SECTION:
            parts.append([])
        parts[-1].append(line)
    return [blocks.section(f"{block_id}:{number}", "\n".join(part)) for number, part in enumerate(parts)]
