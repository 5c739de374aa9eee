"""Every sentence of ours about reminders, escalations, pauses and snoozes. `{names}` are filled in by the views."""

from typing import Final

from recovery.cases.case import EventKind
from recovery.cases.steps import Step

# What a step is called where it stands alone
STEP: Final[dict[Step, str]] = {
    Step.FLAG: "the card",
    Step.ASSIGN: "an owner",
    Step.OUTREACH: "outreach",
    Step.CONVERSATION: "the conversation",
    Step.ACTION: "the action",
    Step.FOLLOW_UP: "the follow-up",
}

# One message: a reminder
REMINDED: Final = "{account}: {step} is due in {left}, {at}."
REMINDED_LATE: Final = "{account}: {step} was due {at}."
NO_OWNER_YET: Final = "{account}: nobody owns {contact}'s case yet, and an owner is due in {left}, {at}."
NO_OWNER_LATE: Final = "{account}: nobody owns {contact}'s case yet, and an owner was due {at}."
IDLE: Final = "You took {account} {ago} ago, and nobody has contacted {contact} yet. Are you on it?"
IDLE_OTHER: Final = "{owner} took {account} {ago} ago, and nobody has contacted {contact} yet. Are you on it?"

# One message: an escalation
NOBODY: Final[dict[Step, str]] = {
    Step.FLAG: "{account}: the card is not posted.",
    Step.ASSIGN: "{account}: nobody has taken {contact}'s case in {since}.",
    Step.OUTREACH: "{account}: nobody has contacted {contact} in {since}.",
    Step.CONVERSATION: "{account}: nobody has spoken with {contact} in {since}.",
    Step.ACTION: "{account}: nothing has been promised to {contact} in {since}.",
    Step.FOLLOW_UP: "{account}: nobody has asked {contact} whether the action held.",
}
BROKE: Final = "{account}: the action for {contact} broke, and nothing new has been promised."
WAS_DUE: Final = "{step} was due {at}."
KNOWS: Final = "{who} knows."
KNOW_MANY: Final = "{who} know."
OWNER: Final = "Owner {owner}"
ASKED_FIRST: Final = "{who} was asked first"
NUDGED: Final[dict[int, str]] = {1: "reminded once", 2: "reminded twice"}
NUDGED_OFTEN: Final = "reminded {times} times"
OTHER_CASE: Final = "other open case"
OTHER_CASES_MANY: Final = "other open cases"
NOBODY_ON_IT: Final = "{who} heard of it, and nobody is on it yet."
STILL_ON_IT: Final = "{who} has been on it since {at}, and it is still not done."
STAND_IN: Final = "For {who}, who is away."

# What became of it
WAS: Final = "{account}: {step}, due {at}."
WROTE: Final = "{contact} wrote: {quote}"
ON_IT: Final = "{who} is on it since {at}."
OVER: Final[dict[EventKind, str]] = {
    EventKind.CLAIMED: "{who} took the case {at}.",
    EventKind.ASSIGNED: "{who} gave the case to {after} {at}.",
    EventKind.RELEASED: "{who} gave the case back to the channel {at}.",
    EventKind.OUTREACH_LOGGED: "{who} logged the outreach {at}.",
    EventKind.CONVERSATION_LOGGED: "{who} logged the conversation {at}.",
    EventKind.ACTION_COMMITTED: "{who} committed an action {at}.",
    EventKind.FOLLOW_UP_LOGGED: "{who} logged the follow-up {at}.",
    EventKind.CORRECTED: "{who} corrected an entry {at}.",
    EventKind.CLOSED: "{who} closed the case {at}.",
    EventKind.WITHDRAWN: "{who} withdrew the case {at}.",
}
TOOK_OVER: Final = "{who} took the case over {at}."
OVER_SOMEHOW: Final = "This is dealt with since {at}."
SNOOZED: Final = "Reminders are off until {at}: {why}"
SNOOZED_NO_WHY: Final = "Reminders are off until {at}."
WAITING: Final = "Waiting on the customer until {at}: {why}"
UNTIL_WHY: Final = "Until {at}: {why}"
UNTIL_ONLY: Final = "Until {at}"
WAITING_NO_WHY: Final = "Waiting on the customer until {at}."

# Several at once
DIGEST: Final = "{cases} you"
NEEDS: Final = "case needs"
NEED: Final = "cases need"
DIGEST_OVER: Final = "All of these are in hand"
MORE: Final = "and {more} on your Home"
OUTAGE: Final = "winback was not running for {length}. This is how things stand now."

# Buttons
ON_IT_BUTTON: Final = "I'm on it"
ON_IT_LABEL: Final = "I'm on it: case {case}, {account}"
TAKE_OVER: Final = "Take over"
TAKE_OVER_LABEL: Final = "Take over case {case}, {account}"
TAKE_IT: Final = "Take it"
TAKE_IT_LABEL: Final = "Take case {case}, {account}"
SNOOZE: Final = "Snooze…"
SNOOZE_LABEL: Final = "No reminders about case {case} for a while, {account}"
GIVE_BACK: Final = "Give it back"
GIVE_BACK_LABEL: Final = "Give case {case} back to the channel, {account}"
PAUSE: Final = "Pause or snooze…"
RESUME: Final = "Resume"
RESUME_LABEL: Final = "Go on with case {case}, {account}"

# On the card
KNOW: Final = "{who} knows"
KNOW_SEVERAL: Final = "{who} know"
IS_ON_IT: Final = "{who} is on it"

# The windows
PAUSE_TITLE: Final = "Pause or snooze"
SNOOZE_TITLE: Final = "Snooze"
SNOOZE_SUBMIT: Final = "Snooze"
SAVE: Final = "Save"
KIND: Final = "What waits?"
KINDS: Final[dict[str, str]] = {
    "pause": "We wait on the customer: the deadlines move along",
    "snooze": "Only the reminders: the deadlines stay",
}
UNTIL: Final = "Until when?"
PAUSE_HINT: Final = (
    "A pause lasts at most {longest}; of all pauses of a case, {days} count. A snooze lasts at most {snooze}."
)
SNOOZE_HINT: Final = "At most {snooze} from now. The deadlines stay as they are."
WHY: Final = "Why?"
PAUSE_WHY_HINT: Final = "For example: “Dana is on holiday and back on 2 December.” Everybody sees it on the card."
SNOOZE_WHY_HINT: Final = "For example: “The call is on Monday at ten.” Everybody sees it on the card."
PAUSED_SO_FAR: Final = "This case has waited {length} so far."
MEETING: Final = "A meeting is booked for {at}."

# Thread and history
PAUSED: Final = "{who} paused the case until {until}: it waits on the customer."
RESUMED: Final = "{who} goes on with the case."
RESUMED_BY_ITSELF: Final = "The pause is over; the case goes on."
SNOOZED_LINE: Final = "{who} switched the reminders off until {until}."
PAUSED_SOMEHOW: Final = "{who} paused the case: it waits on the customer."
SNOOZED_SOMEHOW: Final = "{who} switched the reminders off for a while."
RETIMED: Final = "{who} put the new limits of the policy in force. Before: {before}. Now: {after}."
RETIMED_SOMEHOW: Final = "{who} put the new limits of the policy in force."
RAISED: Final[dict[str, str]] = {
    "nudge": "Reminder of {step} to {people}.",
    "urge": "Second reminder of {step} to {people}.",
    "idle": "Asked {people}: are you on it?",
    "breach": "Overdue: {step}. Told {people}.",
    "executive": "Still overdue: {step}. Told {people}.",
    "again": "Still overdue: {step}. Told {people} once more.",
}
SOMEBODY: Final = "nobody yet"
ANSWERED: Final = " {who} is on it since {at}."

# App Home
HOME_ESCALATIONS: Final = "Escalated to you"
HOME_PAUSED: Final = "Waiting on customers"
HOME_OVERDUE: Final[dict[Step, str]] = {
    Step.FLAG: "Card overdue since {at}",
    Step.ASSIGN: "Owner overdue since {at}",
    Step.OUTREACH: "Outreach overdue since {at}",
    Step.CONVERSATION: "Conversation overdue since {at}",
    Step.ACTION: "Action overdue since {at}",
    Step.FOLLOW_UP: "Follow-up overdue since {at}",
}
