"""What a person chose in an element, checked against what the element offers."""

from collections.abc import Mapping
from typing import Final

from demo.errors import ActRefused
from demo.interactions.filled import FIELDS
from demo.jsons import Json, as_list, as_object
from demo.limits.blocks import elements_of

_OPTION_FIELDS: Final[Mapping[str, str]] = {
    "overflow": "selected_option",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
}


def find_element(blocks: list[Json], action_id: str, block_id: str | None, value: str | None) -> tuple[Json, Json]:
    """The block and element of an act. `value` tells buttons with the same action_id apart.

    Errors: ActRefused `invalid_action` when there is none, or when several fit.
    """
    found = [
        (block, element)
        for block, element in elements_of(blocks)
        if element["action_id"] == action_id and block_id in {None, block["block_id"]}
    ]
    if len(found) > 1 and value is not None:
        found = [pair for pair in found if pair[1].get("value") == value]
    if not found:
        raise ActRefused("invalid_action", f"There is no {action_id!r} here to use.")
    if len(found) > 1:
        raise ActRefused("invalid_action", f"There is more than one {action_id!r} here; say which block.")
    return found[0]


def chosen_of(element: Json, given: Json) -> Json:
    """The fields of `actions[0]` that say what was chosen. Errors: ActRefused for what isn't offered."""
    kind = element["type"]
    if kind in {"button", "icon_button"}:
        value = given.get("value")
        if value is not None and value != element.get("value"):
            raise ActRefused("invalid_action", "The button has another value.")
        return {"value": element["value"]} if element.get("value") is not None else {}
    if kind == "feedback_buttons":
        return {"value": _feedback_value(element, given.get("value"))}
    name = _OPTION_FIELDS.get(kind) or FIELDS[kind][0]
    chosen = given.get(name)
    if name == "selected_option" and chosen is None and given.get("value") is not None:
        chosen = given["value"]
    if kind in _OPTION_FIELDS:
        chosen = _offered(element, chosen)
    return {name: chosen}


def _offered(element: Json, chosen: object) -> object:
    options = [
        *as_list(element.get("options")),
        *(option for group in as_list(element.get("option_groups")) for option in group["options"]),
    ]
    if isinstance(chosen, list):
        return [_one_offered(options, item) for item in chosen]
    if chosen is None:
        return None
    return _one_offered(options, chosen)


def _one_offered(options: list[Json], chosen: object) -> Json:
    wanted = chosen if isinstance(chosen, str) else as_object(chosen).get("value")
    for option in options:
        if option["value"] == wanted:
            return option
    raise ActRefused("invalid_action", f"The option {wanted!r} is not offered.")


def _feedback_value(element: Json, value: object) -> object:
    offered = {element[name]["value"] for name in ("positive_button", "negative_button")}
    if value not in offered:
        raise ActRefused("invalid_action", "That feedback is not offered.")
    return value
