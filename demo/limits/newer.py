"""Tables, charts, cards and the other newer blocks, one shape each, from their pages of Slack's reference."""

from typing import Any, Final

from demo.jsons import Json
from demo.limits.elements import BUTTON
from demo.limits.objects import CONFIRM, IMAGE_ELEMENT, identifier, plain, text
from demo.limits.problems import Problems
from demo.limits.rich_text import RICH_TEXT
from demo.limits.shapes import Shape, by_type, flag, integer, items, number, one_of, string

TABLE_CHARACTERS: Final = 10_000
CHART_POINTS: Final = 20

_RAW_TEXT: Final = Shape(required={"text": string(TABLE_CHARACTERS)})
_RAW_NUMBER: Final = Shape(required={"value": number, "text": string(TABLE_CHARACTERS)})
_PLAIN_CELLS: Final = {"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER}
_CELL: Final = by_type({**_PLAIN_CELLS, "rich_text": RICH_TEXT}, what="a table cell")
_HEADER_CELL: Final = by_type(_PLAIN_CELLS, what="a header cell")


def cell_characters(value: Any) -> int:
    """Characters in all cells of a table, or of several."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(cell_characters(inside) for inside in value.values())
    if isinstance(value, list):
        return sum(cell_characters(inside) for inside in value)
    return 0


def _table_fits(value: Json, at: str, problems: Problems) -> None:
    if cell_characters(value["rows"]) > TABLE_CHARACTERS:
        problems.add(f"{at}/rows", f"must be less than {TABLE_CHARACTERS + 1} characters in all cells")
    if len({len(row) for row in value["rows"]}) > 1:
        problems.add(f"{at}/rows", "all rows must have the same number of cells")


def _data_table_fits(value: Json, at: str, problems: Problems) -> None:
    _table_fits(value, at, problems)
    for index, cell in enumerate(value["rows"][0]):
        _HEADER_CELL(cell, f"{at}/rows/0/{index}", problems)
    if value.get("row_header_column_index", 0) >= len(value["rows"][0]):
        problems.add(f"{at}/row_header_column_index", "must be the index of a column")


TABLE: Final = Shape(
    required={"rows": items(items(_CELL, 1, 20), 1, 100)},
    optional={
        "block_id": identifier,
        "column_settings": items(
            Shape(optional={"align": one_of("left", "center", "right"), "is_wrapped": flag}), 0, 20
        ),
    },
    also=_table_fits,
)

DATA_TABLE: Final = Shape(
    required={"caption": string(255), "rows": items(items(_CELL, 1, 20), 2, 101)},
    optional={"block_id": identifier, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    also=_data_table_fits,
)


def _positive(value: Any, at: str, problems: Problems) -> None:
    number(value, at, problems)
    if isinstance(value, (int, float)) and value <= 0:
        problems.add(at, "must be greater than 0")


def _series_match(value: Json, at: str, problems: Problems) -> None:
    categories = value["axis_config"]["categories"]
    names = [series["name"] for series in value["series"]]
    if len(set(names)) != len(names):
        problems.add(f"{at}/series", "series must have unique names")
    if len(set(categories)) != len(categories):
        problems.add(f"{at}/axis_config/categories", "categories must be unique")
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            problems.add(f"{at}/series/{index}/data", "must have one value for every category")


_POINT: Final = Shape(required={"label": string(20), "value": number})
_SEGMENT: Final = Shape(required={"label": string(20), "value": _positive})
_SERIES: Final = Shape(required={"name": string(20), "data": items(_POINT, 1, CHART_POINTS)})
_AXES: Final = Shape(
    required={"categories": items(string(20), 1, CHART_POINTS)},
    optional={"x_label": string(50), "y_label": string(50)},
)
_AXIS_CHART: Final = Shape(required={"series": items(_SERIES, 1, 6), "axis_config": _AXES}, also=_series_match)

DATA_VISUALIZATION: Final = Shape(
    required={
        "title": string(50),
        "chart": by_type(
            {
                "line": _AXIS_CHART,
                "bar": _AXIS_CHART,
                "area": _AXIS_CHART,
                "pie": Shape(required={"segments": items(_SEGMENT, 1, 6)}),
            },
            what="a chart",
        ),
    },
    optional={"block_id": identifier},
)


def _card_has_content(value: Json, at: str, problems: Problems) -> None:
    if not any(value.get(name) is not None for name in ("hero_image", "title", "actions", "body")):
        problems.add(at, "needs at least one of hero_image, title, actions and body", "missing_field")


_IMAGE: Final = by_type({"image": IMAGE_ELEMENT}, what="an image")
CARD: Final = Shape(
    optional={
        "block_id": identifier,
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": items(by_type({"button": BUTTON}, what="a card's action"), 1, 5),
    },
    also=_card_has_content,
)
CAROUSEL: Final = Shape(
    required={"elements": items(by_type({"card": CARD}, what="a carousel's element"), 1, 10)},
    optional={"block_id": identifier},
)
ALERT: Final = Shape(
    required={"text": text(3000)},
    optional={"block_id": identifier, "level": one_of("default", "info", "warning", "error", "success")},
)

_FEEDBACK_BUTTON: Final = Shape(
    required={"text": plain(75), "value": string(2000)}, optional={"accessibility_label": string(75)}
)
CONTEXT_ACTIONS: Final = Shape(
    required={
        "elements": items(
            by_type(
                {
                    "feedback_buttons": Shape(
                        required={"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
                        optional={"action_id": identifier},
                    ),
                    "icon_button": Shape(
                        required={"icon": one_of("trash"), "text": plain(75)},
                        optional={
                            "action_id": identifier,
                            "value": string(2000),
                            "confirm": CONFIRM,
                            "accessibility_label": string(75),
                            "visible_to_user_ids": items(identifier, 0, 1000),
                        },
                    ),
                },
                what="an element",
            ),
            1,
            5,
        )
    },
    optional={"block_id": identifier},
)
