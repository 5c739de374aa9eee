"""Every id that goes to Slack and comes back: buttons, modals, inputs. One enum a kind; grep finds both ends."""

import json
from enum import StrEnum

from recovery.errors import UnknownCase

_OLD_WINDOW = "This window is out of date. Close it and open it from the card again."
_LARGEST_ID = 2**63 - 1  # what an id column of either database holds


class ActionId(StrEnum):
    """The `action_id` of everything that can be pressed, chosen or filled in."""

    CLAIM = "case_claim"
    ASSIGN = "case_assign"
    RELEASE = "case_release"
    HISTORY = "case_history"
    MORE = "case_more"
    OPEN_CARD = "open_card"
    HOME_BACK = "home_back"
    HOME_NEXT = "home_next"
    ASSIGN_OWNER = "assign_owner"
    ASSIGN_NOTE = "assign_note"
    WITHDRAW_KIND = "withdraw_kind"
    WITHDRAW_REASON = "withdraw_reason"


class CallbackId(StrEnum):
    """The `callback_id` of each modal and of the App Home."""

    ASSIGN = "assign"
    WITHDRAW = "withdraw"
    HISTORY = "history"
    HOME = "home"


class BlockId(StrEnum):
    """The `block_id` of each input of a modal; a refusal is shown at one of these."""

    OWNER = "owner"
    NOTE = "note"
    KIND = "kind"
    REASON = "reason"


class More(StrEnum):
    """What the overflow menu of a card offers; its values read `history:42`."""

    CRM = "crm"
    HISTORY = "history"
    WITHDRAW = "withdraw"


def case_block(case_id: int, part: str) -> str:
    """The `block_id` of one part of a card, such as `case:42:actions`: the same at every update."""
    return f"case:{case_id}:{part}"


def more_value(choice: More, case_id: int) -> str:
    return f"{choice.value}:{case_id}"


def read_more(value: str) -> tuple[More, int]:
    """What was chosen in a card's overflow menu, and for which case. Raises UnknownCase for anything else."""
    word, _, number = value.partition(":")
    if word not in set(More):
        raise UnknownCase("This menu is out of date. Open the card again and choose once more.")
    return More(word), read_case(number)


def read_case(value: str) -> int:
    """The case id in a button's value. Raises UnknownCase for anything that is no case number of ours."""
    digits = value.isascii() and value.isdigit() and len(value) <= len(str(_LARGEST_ID))
    if not digits or int(value) > _LARGEST_ID:
        raise UnknownCase("This button is out of date. Open the card again and press it once more.")
    return int(value)


def metadata(case_id: int, version: int) -> str:
    """What a modal carries to its submit: the case, and its version when the modal was opened."""
    return json.dumps({"case": case_id, "version": version})


def read_metadata(private_metadata: str) -> tuple[int, int]:
    """Case id and version of a modal. Raises UnknownCase for anything that is not ours."""
    try:
        found = json.loads(private_metadata)
        case_id, version = found["case"], found["version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnknownCase(_OLD_WINDOW) from error
    if type(case_id) is not int or type(version) is not int:
        raise UnknownCase(_OLD_WINDOW)
    return case_id, version
