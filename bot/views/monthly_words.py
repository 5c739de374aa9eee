"""Every sentence of ours in the monthly summary to leadership. `{names}` are filled in by the view."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recovery.cases.steps import Step

TITLE: Final = "{programme}: {month}"
TEXT: Final = "{title}. {rate}. {open}."
BESIDE: Final = "{before}: {said}"
NONE: Final = "none"

# Contact
CONTACTED: Final = "*Contacted {limit}: {percent} %* ({part} of {whole}{undecided}) — {judged}"
NONE_DUE: Final = "*Contacted {limit}:* no first contact was due yet"
NONE_ANSWERED: Final = "*No detractor answered.*"
BEFORE_RATE: Final = "{percent} % ({part} of {whole})"
BEFORE_NONE_DUE: Final = "no first contact was due"
BEFORE_NONE_ANSWERED: Final = "no detractor answered"
DETRACTORS: Final = "*Detractors:* {count}"
TOOK: Final = "*First contact, median:* {length}"
NOBODY_CONTACTED: Final = "nobody was contacted"

# Steps
STEPS_TITLE: Final = "*Steps on time*"
NO_STEPS: Final = "Nothing was due in either month"
STEP: Final = "{step}: {said}"
STEP_SHARE: Final = "{percent} % of {whole}"
STEP_BEFORE: Final = "{percent} %"
STEP_NONE: Final = "none due yet"
STEP_BEFORE_NONE: Final = "none due"
STEPS: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.FLAG: "Team told",
        Step.ASSIGN: "Owner named",
        Step.OUTREACH: "First contact",
        Step.CONVERSATION: "Conversation",
        Step.ACTION: "Action committed",
        Step.FOLLOW_UP: "Follow-up",
    }
)

# Escalations and saves of the month
ESCALATIONS: Final = "*Escalations:* {said}"
RAISED: Final = "{raised} raised, {acknowledged} acknowledged{took}"
RAISED_ALL: Final = "{raised} raised, all acknowledged{took}"
RAISED_ONE: Final = "{raised} raised, acknowledged{took}"
RAISED_NONE: Final = "{raised} raised, none acknowledged"
ACKNOWLEDGED_IN: Final = " (median {length})"
ACKNOWLEDGED_ONE_IN: Final = " (after {length})"
SAVED: Final = "*Saved:* {said}"
SAVED_SOME: Final = "{count}{acv}"
NOT_SAVED: Final = "{count} not saved"
PENDING: Final = "{count} not measured yet"
NOTHING_MEASURED: Final = "no case to measure"

# Who was won back, over more months
SPAN: Final = "the last {months} months"
RECOVERY: Final = "*Won back in {span}: {percent} %* ({part} of {whole} measured){judged}"
NONE_MEASURED: Final = "*Won back in {span}:* no customer has answered again yet"
JUDGED: Final = " — {name}"
BY_SEGMENT: Final = "By segment: {said}"
BY_ROOT_CAUSE: Final = "By root cause: {said}"
EXTREMES: Final = "{best} best, {worst} worst"
ALIKE: Final = "alike, {percent} % in each of {groups}"
ONLY: Final = "only {group} has enough customers measured"
GROUP: Final = "{name} {percent} % ({part} of {whole})"
TOO_FEW: Final = "fewer than {enough} customers measured in each, too few to compare"
NEITHER: Final = "Too few to compare segments or root causes: fewer than {enough} customers measured in each"
COST: Final = "In that time the programme cost {cost} and saved {saved} a year: the cost is {part}"
COST_NONE_SAVED: Final = "In that time the programme cost {cost}; nothing has been saved yet"
COST_UNKNOWN: Final = "In that time the programme cost {cost}; what the saved customers pay isn't known"
PERCENT: Final = "{percent} % of that"
LESS_THAN_ONE: Final = "less than 1 % of that"
TIMES: Final = "{times} times that"

# Now
OPEN: Final = "*Open now: {total}*"
PLAIN_OPEN: Final = "{total} open, {overdue} overdue"
NOTHING_OPEN: Final = "*Nothing is open.*"
PLAIN_NOTHING_OPEN: Final = "Nothing is open"
OVERDUE: Final = "*{count} overdue*"
NONE_OVERDUE: Final = "none overdue"
ACTIONS: Final = "*Action registry:* {count} open"
NO_ACTIONS: Final = "*Action registry:* nothing is open"
LATE: Final = "*{count} late*"
NONE_LATE: Final = "none late"
UNPLANNED: Final = "{count} without a plan"
COUNTED: Final = "Counted {at}, by the month in which the customer answered."
