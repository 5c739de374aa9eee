"""The inputs of the steps' modals, and what was typed into them as flat texts.

What was typed is a mapping from block id to text, in the form of recovery.cases.evidence: times and days in ISO form,
"yes" for a tick, Slack ids for people. So the details of an event fill a modal in as they are, and nothing typed is
lost when a modal is drawn again. Every element has the action id `ActionId.FIELD`: Slack keeps what stands in an input
whose block id and action id stay the same.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, TypeGuard

from bot.views import blocks, kit, step_words
from bot.views.ids import ActionId, BlockId
from bot.views.look import Block
from recovery.cases.evidence import YES

Typed = Mapping[str, str]
NOTHING: Typed = MappingProxyType({})
MOST_OPTIONS = 100
MOST_TYPED = 3000
_OPTION = 75
_VALUE = 150
_SECONDS = range(10**9, 10**10)  # what a datetimepicker takes: ten digits


def text(
    block: BlockId,
    label: str,
    typed: Typed,
    *,
    most: int,
    hint: str = "",
    optional: bool = False,
    lines: bool = False,
    initial: str = "",
    focus: bool = False,
) -> Block:
    """A text of at most `most` characters; `initial` stands in it unless something was typed."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.FIELD.value,
        "max_length": most,
        "multiline": lines,
    }
    shown = kit.excerpt(typed.get(block.value, initial), most).text
    if not lines:
        shown = " ".join(shown.split())
    if shown:
        element["initial_value"] = shown
    return _entry(block, label, element, hint=hint, optional=optional, focus=focus)


def choice(
    block: BlockId,
    label: str,
    typed: Typed,
    options: Sequence[tuple[str, str]],
    *,
    hint: str = "",
    optional: bool = False,
    initial: str = "",
    focus: bool = False,
) -> Block:
    """One of a few; `options` are (value, what people read), at least one, of which 100 are shown."""
    known: dict[str, Block] = {}
    for value, shown in options:
        short = kit.cut(value, _VALUE)
        if not short:
            continue
        known.setdefault(short, blocks.option(kit.named(shown, _OPTION) or step_words.CHOOSE_ONE, short))
    element: Block = {
        "type": "static_select",
        "action_id": ActionId.FIELD.value,
        "placeholder": blocks.plain(step_words.CHOOSE_ONE),
        "options": list(known.values())[:MOST_OPTIONS],
    }
    chosen = known.get(kit.cut(typed.get(block.value, initial), _VALUE))
    if chosen in element["options"]:
        element["initial_option"] = chosen
    return _entry(block, label, element, hint=hint, optional=optional, focus=focus)


def moment(
    block: BlockId,
    label: str,
    typed: Typed,
    *,
    initial: datetime | None = None,
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A time, shown in the reader's zone; `initial` is aware."""
    element: Block = {"type": "datetimepicker", "action_id": ActionId.FIELD.value}
    at = _moment(typed[block.value]) if block.value in typed else initial
    if at and int(at.timestamp()) in _SECONDS:
        element["initial_date_time"] = int(at.timestamp())
    return _entry(block, label, element, hint=hint, optional=optional)


def day(
    block: BlockId,
    label: str,
    typed: Typed,
    *,
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A day without a time."""
    element: Block = {
        "type": "datepicker",
        "action_id": ActionId.FIELD.value,
        "placeholder": blocks.plain(step_words.CHOOSE_ONE),
    }
    chosen = _day(typed.get(block.value, ""))
    if chosen:
        element["initial_date"] = chosen.isoformat()
    return _entry(block, label, element, hint=hint, optional=optional)


def person(block: BlockId, label: str, typed: Typed, *, initial: str = "", hint: str = "") -> Block:
    """Somebody of this workspace."""
    element: Block = {"type": "users_select", "action_id": ActionId.FIELD.value}
    chosen = typed.get(block.value, initial)
    if kit.is_user(chosen):
        element["initial_user"] = chosen
    return _entry(block, label, element, hint=hint)


def tick(block: str, label: str, typed: Typed, said: str, *, hint: str = "") -> Block:
    """One checkbox; always optional, because an empty one is an answer."""
    only = blocks.option(said, YES)
    element: Block = {"type": "checkboxes", "action_id": ActionId.FIELD.value, "options": [only]}
    if typed.get(block) == YES:
        element["initial_options"] = [only]
    return _entry(block, label, element, hint=hint, optional=True)


def named_options(names: Mapping[str, str], values: Sequence[str]) -> list[tuple[str, str]]:
    """The options of `choice` for values that have a name of ours."""
    return [(value, names[value]) for value in values]


def typed_of(state: object) -> dict[str, str]:
    """What stands in the inputs of a submitted or redrawn modal; `state` is the payload's `view.state`.

    Empty inputs are left out, and so is what no modal of ours sends.
    """
    values = _mapping(_mapping(state).get("values"))
    found: dict[str, str] = {}
    for block in BlockId:
        answer = _answer(_mapping(_mapping(values.get(block.value)).get(ActionId.FIELD.value)))
        if answer:
            found[block.value] = answer
    return found


def _answer(filled: Mapping[str, Any]) -> str:
    kind = filled.get("type")
    if kind == "datetimepicker":
        seconds = filled.get("selected_date_time")
        return datetime.fromtimestamp(seconds, UTC).isoformat() if _is_time(seconds) else ""
    if kind == "checkboxes":
        return YES if filled.get("selected_options") else ""
    if kind == "datepicker":
        return _text(filled.get("selected_date")) if _day(_text(filled.get("selected_date"))) else ""
    if kind == "static_select":
        return _text(_mapping(filled.get("selected_option")).get("value"))
    return _text(filled.get("selected_user") if kind == "users_select" else filled.get("value"))


def _is_time(seconds: object) -> TypeGuard[int]:
    return type(seconds) is int and seconds in _SECONDS


def _entry(
    block: str, label: str, element: Block, *, hint: str = "", optional: bool = False, focus: bool = False
) -> Block:
    if focus:
        element["focus_on_load"] = True
    return blocks.entry(block, label, element, hint=hint, optional=optional)


def _moment(found: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(found)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _day(found: str) -> date | None:
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}
