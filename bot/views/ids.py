"""Every id that goes to Slack and comes back: buttons, modals, inputs. One enum a kind; grep finds both ends."""

import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeGuard

from recovery.errors import UnknownCase

_OLD_WINDOW = "This window is out of date. Close it and open it from the card again."
_OLD_BUTTON = "This button is out of date. Open the card again and press it once more."
_LARGEST_ID = 2**63 - 1  # what an id column of either database holds
_CARRIED = 2_800  # of the 3,000 characters of private_metadata


class ActionId(StrEnum):
    """The `action_id` of everything that can be pressed, chosen or filled in."""

    CLAIM = "case_claim"
    ASSIGN = "case_assign"
    RELEASE = "case_release"
    HISTORY = "case_history"
    MORE = "case_more"
    LOG_OUTREACH = "case_log_outreach"
    LOG_CONVERSATION = "case_log_conversation"
    COMMIT_ACTION = "case_commit_action"
    FOLLOW_UP = "case_follow_up"
    FOLLOW_UP_HELD = "case_follow_up_held"
    FOLLOW_UP_SLIPPED = "case_follow_up_slipped"
    FOLLOW_UP_BROKEN = "case_follow_up_broken"
    CLOSE = "case_close"
    REOPEN = "case_reopen"
    CORRECT = "case_correct"
    PARTNER_DONE = "partner_done"
    PARTNER_SLIPS = "partner_slips"
    ON_IT = "alarm_on_it"
    TAKE_OVER = "case_take_over"
    SNOOZE = "case_snooze"
    RESUME = "case_resume"
    OPEN_CARD = "open_card"
    HOME_BACK = "home_back"
    HOME_NEXT = "home_next"
    FIGURES_STATUS = "figures_status"
    FIGURES_SEGMENTS = "figures_segments"
    FIGURES_OVERDUE = "figures_overdue"
    FIGURES_LEADERS = "figures_leaders"
    FIGURES_THEMES = "figures_themes"
    FIGURES_SHARE = "figures_share"
    FIGURES_BY = "figures_by"
    FIGURES_BACK = "figures_back"
    FIGURES_NEXT = "figures_next"
    THEME_MORE = "theme_more"
    THEME_READ = "theme_read"
    THEME_BACK = "theme_back"
    THEME_NEXT = "theme_next"
    READOUT_OPEN = "readout_open"
    READOUT_EDIT = "readout_edit"
    READOUT_PUBLISH = "readout_publish"
    READOUT_EFFECT = "readout_effect"
    DECISIONS_BACK = "decisions_back"
    DECISIONS_NEXT = "decisions_next"
    READOUT_YES = "readout_yes"
    READOUT_NO = "readout_no"
    READOUT_KEEP_MONITORING = "readout_keep_monitoring"
    READOUT_PRINT = "readout_print"
    PAGE_LINK = "page_link"
    REGISTRY_PLAN = "registry_plan"
    REGISTRY_DONE = "registry_done"
    REGISTRY_DROP = "registry_drop"
    REGISTRY_SHARE = "registry_share"
    REGISTRY_BACK = "registry_back"
    REGISTRY_NEXT = "registry_next"
    ASSIGN_OWNER = "assign_owner"
    ASSIGN_NOTE = "assign_note"
    WITHDRAW_KIND = "withdraw_kind"
    WITHDRAW_REASON = "withdraw_reason"
    FIELD = "field"  # every input of a step's modal: its block says which one it is


class CallbackId(StrEnum):
    """The `callback_id` of each modal and of the App Home."""

    ASSIGN = "assign"
    WITHDRAW = "withdraw"
    HISTORY = "history"
    HOME = "home"
    OUTREACH = "outreach"
    CONVERSATION = "conversation"
    ACTION = "action"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    REOPEN = "reopen"
    CORRECT = "correct"
    PARTNER_SLIPS = "partner_slips"
    PAUSE = "pause"
    SNOOZE = "snooze"
    DETRACTOR = "detractor"
    READOUT = "readout"
    DECISION = "decision"
    THEME_READ = "theme_read"
    THEME_RENAME = "theme_rename"
    THEME_MERGE = "theme_merge"
    THEME_SPLIT = "theme_split"
    EFFECT = "effect"
    REGISTRY_PLAN = "registry_plan"
    REGISTRY_DONE = "registry_done"
    REGISTRY_DROP = "registry_drop"
    REFUSED = "refused"


class ShortcutId(StrEnum):
    """The `callback_id` of each shortcut; manifest.yml has them too."""

    LOG_DETRACTOR = "log_detractor"
    CASE_FROM_MESSAGE = "case_from_message"


class BlockId(StrEnum):
    """The `block_id` of each input of a modal; a refusal is shown at one of these.

    Where a rule refuses an input (recovery.errors.FieldRefusal), its `field` is the block's id.
    """

    OWNER = "owner"
    NOTE = "note"
    KIND = "kind"
    REASON = "reason"
    CHANNEL = "channel"
    HAPPENED_AT = "happened_at"
    RESULT = "result"
    MEETING_AT = "meeting_at"
    WITH_WHOM = "with_whom"
    NOTES = "notes"
    ROOT_CAUSE = "root_cause"
    SENTENCE = "sentence"
    WANTS = "wants"
    DELIVERABLE = "deliverable"
    PERSON = "person"
    PARTNER = "partner"
    DUE = "due"
    CHALLENGED = "challenged"
    EVIDENCE = "evidence"
    NEW_DUE = "new_due"
    RESURVEY = "resurvey"
    OUTCOME = "outcome"
    ENTRY = "entry"
    STRIKE = "strike"
    SCORE = "score"
    VERBATIM = "verbatim"
    CONTACT_NAME = "contact_name"
    EMAIL = "email"
    ACCOUNT = "account"
    PROGRAMME = "programme"
    UNTIL = "until"
    ASK_KIND = "ask_kind"
    ASK_DECISION = "ask_decision"
    ASK_WHO = "ask_who"
    ASK_ACTION = "ask_action"
    ASK_DUE = "ask_due"
    DECIDED_BY = "decided_by"
    TAG = "tag"
    THEME = "theme"
    COMMENTS = "comments"
    CRITERION = "criterion"


class More(StrEnum):
    """What the overflow menu of a card offers; its values read `history:42`."""

    CRM = "crm"
    HISTORY = "history"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    RELEASE = "release"
    CLOSE = "close"
    PAUSE = "pause"
    RESUME = "resume"


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
        raise UnknownCase(_OLD_BUTTON)
    return int(value)


def numbered_value(case_id: int, number: int) -> str:
    """What a button about one of several things of a case carries: `42:2` for its second action, or for alarm 2."""
    return f"{case_id}:{number}"


def read_numbered(value: str) -> tuple[int, int]:
    """The case, and the number of what the button is about. Raises UnknownCase for anything else.

    Messages of an earlier version carry the case alone; almost all of those are about its first action.
    """
    case, colon, number = value.partition(":")
    found = read_case(case), read_case(number) if colon else 1
    if not found[1]:
        raise UnknownCase(_OLD_BUTTON)
    return found


def metadata(case_id: int, version: int, *, entry: int = 0, challenged: Sequence[str] = ()) -> str:
    """What a modal carries to its submit: the case, and its version when the modal was opened.

    `entry` is the number of the entry that is corrected, `challenged` the words that a tick would stand by.
    """
    found: dict[str, object] = {"case": case_id, "version": version}
    if entry:
        found["entry"] = entry
    if challenged:
        found["challenged"] = _fitting(challenged)
    return json.dumps(found)


def read_metadata(private_metadata: str) -> tuple[int, int]:
    """Case id and version of a modal. Raises UnknownCase for anything that is not ours."""
    found = _carried(private_metadata)
    case_id, version = found.get("case"), found.get("version")
    if not (_is_number(case_id) and _is_number(version)):
        raise UnknownCase(_OLD_WINDOW)
    return case_id, version


def read_entry(private_metadata: str) -> int:
    """The number of the entry that a modal corrects, 0 for one that logs anew. Raises UnknownCase."""
    number = _carried(private_metadata).get("entry", 0)
    if not _is_number(number):
        raise UnknownCase(_OLD_WINDOW)
    return number


def challenged_block(challenged: Sequence[str]) -> str:
    """The `block_id` of the tick that stands by exactly these words.

    Slack keeps what stands in an input whose ids stay the same: a tick for other words is an input of its own.
    """
    digest = hashlib.sha256(json.dumps(list(challenged)).encode()).hexdigest()[:16]
    return f"{BlockId.CHALLENGED.value}:{digest}"


def read_challenged(private_metadata: str) -> tuple[str, ...]:
    """The words that the modal's tick stands by, as they were shown. Raises UnknownCase."""
    found = _carried(private_metadata).get("challenged", [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise UnknownCase(_OLD_WINDOW)
    return tuple(found)


def _carried(private_metadata: str) -> dict[str, Any]:
    try:
        found = json.loads(private_metadata)
    except (ValueError, RecursionError) as error:
        raise UnknownCase(_OLD_WINDOW) from error
    if not isinstance(found, dict):
        raise UnknownCase(_OLD_WINDOW)
    return found


def _fitting(challenged: Sequence[str]) -> list[str]:
    """As many of the words as a modal can carry; what is left out is challenged once more."""
    found: list[str] = []
    for each in challenged:
        if len(json.dumps([*found, each])) > _CARRIED:
            break
        found.append(each)
    return found


def _is_number(found: object) -> TypeGuard[int]:
    return type(found) is int and 0 <= found <= _LARGEST_ID
