"""Interactive elements: https://docs.slack.dev/reference/block-kit/block-elements."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from demo.jsons import Json, as_list
from demo.limits.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    IMAGE_ELEMENT,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    identifier,
    plain,
)
from demo.limits.problems import Problems
from demo.limits.shapes import Check, Shape, anything, by_type, flag, integer, items, one_of, string, url

MOST_SELECTED: Final = 1000
Together = Callable[[Json, str, Problems], None]


def _interactive(
    *,
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    also: Together | None = None,
) -> Shape:
    return Shape(
        required=required or {},
        optional={"action_id": identifier, "confirm": CONFIRM, "focus_on_load": flag, **(optional or {})},
        also=also,
    )


def _pattern(pattern: str, meaning: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            problems.add(at, f"must be {meaning}")

    return check


def _day(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, str) or not _is_day(value):
        problems.add(at, "must be a date in the form YYYY-MM-DD")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _flat_options(value: Json) -> list[Json]:
    return [*as_list(value.get("options")), *(o for g in as_list(value.get("option_groups")) for o in g["options"])]


def _one_source_of_options(value: Json, at: str, problems: Problems) -> None:
    if (value.get("options") is None) == (value.get("option_groups") is None):
        problems.add(at, "needs exactly one of options and option_groups", "missing_field")
        return
    _initial_among_options(value, at, problems)


def _initial_among_options(value: Json, at: str, problems: Problems) -> None:
    options = _flat_options(value)
    initial = [*as_list(value.get("initial_options"))]
    if value.get("initial_option") is not None:
        initial.append(value["initial_option"])
    for option in initial:
        if option not in options:
            problems.add(at, "initial option must match one of the options")
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        problems.add(at, "options must have unique values")


def _lengths_agree(value: Json, at: str, problems: Problems) -> None:
    if value.get("min_length", 0) > value.get("max_length", 3000):
        problems.add(at, "min_length must not exceed max_length")


def _button_is_whole(value: Json, at: str, problems: Problems) -> None:
    if value.get("focus_on_load") is not None:
        problems.add(at, "invalid additional property: focus_on_load", "unknown_field")


_SELECT: Final[Mapping[str, Check]] = {"placeholder": plain(150)}
_MULTI: Final[Mapping[str, Check]] = {**_SELECT, "max_selected_items": integer(1, MOST_SELECTED)}
_STATIC: Final[Mapping[str, Check]] = {
    "options": items(OPTION, 1, 100),
    "option_groups": items(OPTION_GROUP, 1, 100),
}
_ID_LIST: Final = items(identifier, 0, MOST_SELECTED)
_CONVERSATION: Final[Mapping[str, Check]] = {
    "default_to_current_conversation": flag,
    "filter": CONVERSATION_FILTER,
}

BUTTON: Final = _interactive(
    required={"text": plain(75)},
    optional={
        "url": url(),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
    also=_button_is_whole,
)

SHAPES: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "button": BUTTON,
        "image": IMAGE_ELEMENT,
        "overflow": _interactive(required={"options": items(OVERFLOW_OPTION, 1, 5)}),
        "checkboxes": _interactive(
            required={"options": items(RICH_OPTION, 1, 10)},
            optional={"initial_options": items(RICH_OPTION, 1, 10)},
            also=_initial_among_options,
        ),
        "radio_buttons": _interactive(
            required={"options": items(RICH_OPTION, 1, 10)},
            optional={"initial_option": RICH_OPTION},
            also=_initial_among_options,
        ),
        "datepicker": _interactive(optional={"placeholder": plain(150), "initial_date": _day}),
        "timepicker": _interactive(
            optional={
                "placeholder": plain(150),
                "initial_time": _pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time in the form HH:mm"),
                "timezone": string(64),
            }
        ),
        "datetimepicker": _interactive(optional={"initial_date_time": integer(10**9, 10**10 - 1)}),
        "static_select": _interactive(
            optional={**_SELECT, **_STATIC, "initial_option": OPTION}, also=_one_source_of_options
        ),
        "multi_static_select": _interactive(
            optional={**_MULTI, **_STATIC, "initial_options": items(OPTION, 1, 100)}, also=_one_source_of_options
        ),
        "external_select": _interactive(
            optional={**_SELECT, "min_query_length": integer(0, 255), "initial_option": OPTION}
        ),
        "multi_external_select": _interactive(
            optional={**_MULTI, "min_query_length": integer(0, 255), "initial_options": items(OPTION, 1, 100)}
        ),
        "users_select": _interactive(optional={**_SELECT, "initial_user": identifier}),
        "multi_users_select": _interactive(optional={**_MULTI, "initial_users": _ID_LIST}),
        "conversations_select": _interactive(
            optional={
                **_SELECT,
                **_CONVERSATION,
                "initial_conversation": identifier,
                "response_url_enabled": flag,
            }
        ),
        "multi_conversations_select": _interactive(
            optional={**_MULTI, **_CONVERSATION, "initial_conversations": _ID_LIST}
        ),
        "channels_select": _interactive(
            optional={**_SELECT, "initial_channel": identifier, "response_url_enabled": flag}
        ),
        "multi_channels_select": _interactive(optional={**_MULTI, "initial_channels": _ID_LIST}),
        "plain_text_input": _interactive(
            optional={
                "placeholder": plain(150),
                "initial_value": string(3000, 0),
                "multiline": flag,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
                "dispatch_action_config": DISPATCH_CONFIG,
            },
            also=_lengths_agree,
        ),
        "email_text_input": _interactive(
            optional={
                "placeholder": plain(150),
                "initial_value": string(3000, 0),
                "dispatch_action_config": DISPATCH_CONFIG,
            }
        ),
        "url_text_input": _interactive(
            optional={
                "placeholder": plain(150),
                "initial_value": string(3000, 0),
                "dispatch_action_config": DISPATCH_CONFIG,
            }
        ),
        "number_input": _interactive(
            required={"is_decimal_allowed": flag},
            optional={
                "placeholder": plain(150),
                "initial_value": string(64, 0),
                "min_value": string(64),
                "max_value": string(64),
                "dispatch_action_config": DISPATCH_CONFIG,
            },
        ),
        "rich_text_input": _interactive(
            optional={
                "placeholder": plain(150),
                "initial_value": anything,
                "dispatch_action_config": DISPATCH_CONFIG,
            }
        ),
        "file_input": Shape(
            optional={
                "action_id": identifier,
                "filetypes": items(string(64), 1, 100),
                "max_files": integer(1, 10),
            }
        ),
    }
)

_SELECTS: Final = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
_MULTI_SELECTS: Final = tuple(f"multi_{name}" for name in _SELECTS)
_CHOICES: Final = (*_SELECTS, "checkboxes", "radio_buttons", "datepicker", "timepicker")


def _among(*names: str) -> Check:
    return by_type({name: SHAPES[name] for name in names}, what="an element")


# Where each element works: the "Works with block types" line of its page.
IN_SECTION: Final = _among("button", "image", "overflow", *_CHOICES, *_MULTI_SELECTS)
IN_ACTIONS: Final = _among("button", "overflow", "datetimepicker", *_CHOICES, *_MULTI_SELECTS)
IN_INPUT: Final = _among(
    *_CHOICES,
    *_MULTI_SELECTS,
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)
