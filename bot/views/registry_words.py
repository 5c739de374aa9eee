"""Every sentence of ours about the action registry. `{names}` are filled in by the views."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.surfaces import ItemPart
from recovery.readouts.registry import ItemState

# The review
TITLE: Final = "*Actions of {programme}* · {open}"
PLAIN_TITLE: Final = "Actions of {programme}: {open}"
OPEN: Final = "{count} open"
UNPLANNED: Final = "{count} without a plan"
LATE: Final = "{count} late"
NONE_OPEN: Final = "*Actions of {programme}:* none is open."
OPENS: Final = "One opens by itself when {after} different detractors of a quarter bring up the same."
OPENS_AT_ONE: Final = "One opens by itself with each theme that detractors of a quarter bring up."
OPENS_NEVER: Final = "None opens by itself: the policy has `systemic_after = 0`."
CLOSED: Final = "Closed in the last 90 days: {how}."
CLOSED_STATES: Final[Mapping[ItemState, str]] = MappingProxyType(
    {ItemState.DONE: "{count} done", ItemState.DROPPED: "{count} dropped"}
)
SINCE: Final = "open since {quarter}"
NO_PLAN: Final = "Nobody has planned anything yet."
DUE: Final = "due {day}"
DUE_LATE: Final = "late since {day}"
HAS_LEFT: Final = " (not here any more)"
DONE_WHEN: Final = "Done when: "
CUSTOMERS: Final = "{count} behind it"
NO_CUSTOMERS: Final = "no customer behind it any more"
UNKNOWN: Final = "{count} of unknown value"
MONEY_AND: Final = "{money} and {unknown}"
CASES: Final = "Cases: "
MORE_CASES: Final = " and {count} more"
OTHERS: Final = "Other programmes: {commands}"
SHARE_THERE: Final = "To share this, type the same in {channel}."
SHARE: Final = "Share in channel"
SHARE_LABEL: Final = "Show these actions of {programme} to everybody in this channel"
SHARED_BY: Final = "Shared by {who}."
SHARED: Final = "Shared in {channel}."
PAGE: Final = "Page {page} of {pages}"

# Buttons
PLAN: Final = "Plan…"
PLAN_IT: Final = "Plan it…"
CHANGE: Final = "Change…"
DONE: Final = "Done…"
DROP: Final = "Drop…"
DROP_IT: Final = "Drop it…"
PLAN_LABEL: Final = "Plan what is done about {tag}"
CHANGE_LABEL: Final = "Change what is done about {tag}"
DONE_LABEL: Final = "Say what came of {tag}"
DROP_LABEL: Final = "Drop {tag} from the registry"

# Messages
SAYS: Final = "{customers} the same: *{tag}*"
SAYS_ONE: Final = "says"
SAY_MANY: Final = "say"
BROUGHT_UP: Final = "Detractors say the same: *{tag}*"
HEADS: Final[Mapping[ItemPart, str]] = MappingProxyType(
    {
        ItemPart.OWNER: "You look after an action now: *{tag}*",
        ItemPart.DUE: "The day of your action has come: *{tag}*",
    }
)
NOT_DUE: Final = "The day of your action has moved: *{tag}*"
HAS_PASSED: Final = "The day of your action has passed: *{tag}*"
OWNER_GONE: Final = "The day of this action has come, and {who} isn't here any more: *{tag}*"
MOVED_ON: Final = "{who} looks after this action now: *{tag}*"
WAITS: Final = "The action *{tag}* has no plan at the moment."
OF: Final = "{programme}, since {quarter}"
IS_DONE: Final = "{who} has marked this action as done: *{tag}*"
IS_DROPPED: Final = "{who} has dropped this action: *{tag}*"

# Windows
PLAN_TITLE: Final = "Plan an action"
PLAN_SUBMIT: Final = "Plan it"
ACTION: Final = "What will be done?"
ACTION_HINT: Final = "For everybody who has this problem, not for one customer."
OWNER: Final = "Who looks after it?"
OWNER_HINT: Final = "One person. They hear of it now, and on its day."
BY: Final = "By when?"
CRITERION: Final = "How will one know that it worked?"
CRITERION_HINT: Final = "Something that anybody can check on that day."
DONE_TITLE: Final = "Done"
DONE_SUBMIT: Final = "Mark as done"
EVIDENCE: Final = "What came of it?"
EVIDENCE_HINT: Final = "Against the criterion: did it come true?"
DROP_TITLE: Final = "Drop an action"
DROP_SUBMIT: Final = "Drop it"
REASON: Final = "Why is nothing done about it?"
REASON_HINT: Final = "It stands in the registry. The theme opens no other action in this quarter."
CANCEL: Final = "Cancel"

# Refusals
CHOOSE_OWNER: Final = "Choose the one person who looks after it."
SAY_RESULT: Final = "Write in a few words what came of it."
SAY_REASON: Final = "Write in a few words why."
GONE: Final = "This action is gone. Type `/nps actions` once more."
OLD: Final = "This button is out of date. Type `/nps actions` once more."
CHANGED: Final = (
    "This action was changed while the window was open. Keep a copy of what you typed, close it, and open it again."
)
UNPLANNED_YET: Final = "This action has no plan yet. Plan it first, then say what came of it."
NO_PERIOD: Final = "The registry has no periods: it shows what is open now. Type `{command} actions {programme}`."
WRONG_CHANNEL: Final = "These actions are shared where the programme's people are. Type the command in {channel}."
