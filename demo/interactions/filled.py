"""What a person has filled in: Slack's `state.values`, from initial values on, and the client's own checks."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from demo.jsons import Json, as_list, own_copy
from demo.limits.blocks import elements_of

State = dict[str, Json]

# Elements without a value of their own stay out of state.values.
_STATELESS: Final = frozenset({"button", "overflow", "image", "feedback_buttons", "icon_button", "workflow_button"})

# For each element type: the field of the state and the element's field it starts from.
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_LISTS: Final = frozenset(
    kind for kind, (name, _) in FIELDS.items() if name.endswith("s") and kind != "rich_text_input"
)


def initial_state(blocks: list[Json]) -> State:
    """`state.values` of a view or message that nobody has touched."""
    values: State = {}
    for block, element in elements_of(blocks):
        kind = element["type"]
        if kind in _STATELESS:
            continue
        name, start = FIELDS[kind]
        value = element.get(start)
        if value is None and kind in _LISTS:
            value = []
        values.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": kind,
            name: own_copy(value) if isinstance(value, dict) else value,
        }
    return values


def kept_state(old_blocks: list[Json], old: State, new_blocks: list[Json]) -> State:
    """The state after an update: what was filled in stays where block, action and type stay."""
    kinds = {(b["block_id"], e["action_id"]): e["type"] for b, e in elements_of(old_blocks)}
    fresh = initial_state(new_blocks)
    for block_id, actions in fresh.items():
        for action_id, value in actions.items():
            if kinds.get((block_id, action_id)) == value["type"]:
                actions[action_id] = old.get(block_id, {}).get(action_id, value)
    return fresh


def filled_state(state: State, given: Json) -> State:
    """The state with what the person sent over it; unknown ids are left out by `unknown_ids` before."""
    merged: State = {block_id: dict(actions) for block_id, actions in state.items()}
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            known = merged.get(block_id, {}).get(action_id)
            if known is not None:
                name, _ = FIELDS[known["type"]]
                filled = value.get(name) if isinstance(value, dict) else value
                if filled in ("", None):
                    filled = [] if known["type"] in _LISTS else None
                merged[block_id][action_id] = {"type": known["type"], name: filled}
    return merged


def unknown_ids(blocks: list[Json], given: Json) -> list[str]:
    """Block and action ids in `given` that the blocks don't have."""
    known = {(block["block_id"], element["action_id"]) for block, element in elements_of(blocks)}
    return [
        f"{block_id}/{action_id}"
        for block_id, actions in given.items()
        for action_id in (actions if isinstance(actions, dict) else [])
        if (block_id, action_id) not in known
    ]


def client_errors(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack's own client says about inputs before anything is sent, by block id."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        name, _ = FIELDS[element["type"]]
        value = state.get(block["block_id"], {}).get(element["action_id"], {}).get(name)
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
            continue
        problem = _value_problem(element, value)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _value_problem(element: Json, value: Any) -> str | None:
    check = _TEXT_CHECKS.get(element["type"])
    if check is not None:
        return check(element, str(value))
    if not _offered(element, value):
        return "Please choose from the options."
    most = element.get("max_selected_items")
    if most is not None and len(as_list(value)) > most:
        return f"Please select no more than {most}."
    return None


def _offered(element: Json, value: Any) -> bool:
    """False when a chosen option is not among the element's own ones."""
    groups = as_list(element.get("option_groups"))
    options = [*as_list(element.get("options")), *(option for group in groups for option in group["options"])]
    if not options:
        return True
    chosen = value if isinstance(value, list) else [value]
    return all(item in options for item in chosen)


def _length_problem(element: Json, value: str) -> str | None:
    lowest, highest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < lowest:
        return f"Please enter at least {lowest} characters."
    if len(value) > highest:
        return f"Please enter no more than {highest} characters."
    return None


def _number_problem(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number." if element["is_decimal_allowed"] else "Please enter a whole number."
    lowest, highest = element.get("min_value"), element.get("max_value")
    if lowest is not None and float(value) < float(lowest):
        return f"Please enter a number that is at least {lowest}."
    if highest is not None and float(value) > float(highest):
        return f"Please enter a number that is at most {highest}."
    return None


def _email_problem(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url_problem(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


_TEXT_CHECKS: Final[Mapping[str, Callable[[Json, str], str | None]]] = {
    "plain_text_input": _length_problem,
    "email_text_input": _email_problem,
    "url_text_input": _url_problem,
    "number_input": _number_problem,
}
