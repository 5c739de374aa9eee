"""Every sentence of `/nps explain`."""

from typing import Final

from recovery.cases.steps import Step
from recovery.clock.alarms import Level

TITLE: Final = "Why case {case}, {account}, is due when it is:"
NO_ACCOUNT: Final = "Why case {case} is due when it is:"
USAGE: Final = "Which case? Type its number, for example `/nps explain 42`."

TIER: Final = "Its limits are those of the tier *{tier}*, because:"
NO_TIER: Final = "No tier of the policy fits it, so the limits of the ladder count."
EVERY_CASE: Final = "it takes every case"
FITS: Final = "{key} is {found} (asked: {asked})"
FITS_NO_MORE: Final = "{key} was {asked} when the case was opened; today it is {found}"
UNFIT: Final = "Not “{tier}”: {reason}."
MISSES: Final = "{key} is {found}, and it asks for {asked}"
UNKNOWN: Final = "{key} is not known, and it asks for {asked}"
NOTHING_KNOWN: Final = "not known"
TODAY: Final = "Today's policy would give it the tier “{tier}”; `winback policy apply` changes open cases."
TODAY_NONE: Final = "Today's policy has no tier for it; `winback policy apply` changes open cases."
KEYS: Final[dict[str, str]] = {
    "programmes": "the programme",
    "segments": "the segment",
    "plans": "the plan",
    "acv_from": "the ACV",
    "acv_below": "the ACV",
    "urgency": "the urgency",
}
ASKED: Final[dict[str, str]] = {"acv_from": "{asked} or more", "acv_below": "less than {asked}"}

STEPS: Final[dict[Step, str]] = {
    Step.FLAG: "Flag",
    Step.ASSIGN: "Owner",
    Step.OUTREACH: "Outreach",
    Step.CONVERSATION: "Conversation",
    Step.ACTION: "Action",
    Step.FOLLOW_UP: "Follow-up",
}
DONE: Final = "done {at}, in time"
DONE_LATE: Final = "done {at}, {late} late"
DUE: Final = "due {at}"
OVERDUE: Final = "overdue since {at}, by {late}"
NO_DEADLINE: Final = "without a deadline"
SKIPPED: Final = "not needed; its tier does without it"
CLOSED_WITHOUT: Final = "not needed; the case closed without it"
STARTS_WITH_ACTION: Final = "its time starts when an action is committed"

PAUSES: Final = "Waiting on the customer: {total} in all, which don't count (at most {most})."
OLDER_PAUSES: Final = "{pauses} are not listed."
PAUSE: Final = "{start} to {end}: {reason}"
SNOOZED: Final = "Snoozed until {until}, the deadlines stay as they are: {reason}"

COMING: Final = "*What comes next* if nothing happens:"
COMING_LINE: Final = "• {what}: {told}"
TOLD: Final = "{at} to {people}"
SILENT: Final = "*What comes next:* nothing until {until}, because the case is {kept}. Then the clock goes on."
PAUSED: Final = "paused"
SNOOZED_NOW: Final = "snoozed"
NOTHING_COMES: Final = "*What comes next:* nothing by itself."
COMES: Final[dict[Level, str]] = {
    Level.NUDGE: "first reminder of {step}",
    Level.URGE: "second reminder of {step}",
    Level.IDLE: "the owner is asked whether they are on it",
    Level.IDLE_RELEASE: "the case goes back to its channel if nobody has tried to reach the customer",
    Level.BREACH: "{step} is overdue",
    Level.EXECUTIVE: "{step} is still overdue",
    Level.AGAIN: "{step} is still overdue, once more",
}

MORE: Final = "There is more than fits here; the card's History has the rest."
