"""Every sentence of ours in the figures of a programme. `{names}` are filled in by the views."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recovery.cases.steps import Step
from recovery.figures.dimensions import Dimension

TITLE: Final = "*{programme} · {period}*"
PLAIN_TITLE: Final = "{programme}, {period}"
SO_FAR: Final = "{period} so far"
SHARE: Final = "Share in channel"
SHARED_BY: Final = "Shared by {who}."
SHARED: Final = "Shared in {channel}."
SHARE_THERE: Final = "To share this, type the same in {channel}."
PAGE: Final = "Page {page} of {pages}"
OTHERS: Final = "Other programmes: {commands}"
NO_PROGRAMME: Final = "You see no programme's cases yet. Join the channel of one first."
NO_SUCH: Final = "“{word}” is neither a programme nor a period{near}"
NO_SUCH_PROGRAMME: Final = "I know no programme “{word}”{near}"
NO_DIMENSION: Final = "Answers aren't grouped by “{word}”{near}"
GONE: Final = "The policy no longer has this programme. Type the command once more."
WRONG_CHANNEL: Final = "These figures are shared where the programme's people are. Type the command in {channel}."

BUTTONS: Final[Mapping[str, str]] = MappingProxyType(
    {"status": "Status", "segments": "Segments", "overdue": "Overdue", "leaders": "Leaders", "themes": "Themes"}
)
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status": "Show how {programme} stands",
        "segments": "Show the groups of {programme}",
        "overdue": "Show what is overdue in {programme}",
        "leaders": "Show who contacts and saves in {programme}",
        "themes": "Show what detractors of {programme} write about",
    }
)
SHARE_LABEL: Final = "Show these figures of {programme} to everybody in this channel"

# Status
CONTACTED: Final = "contacted {limit}: {percent} % ({part} of {whole}{undecided})"
CONTACTED_PLAIN: Final = "{percent} % contacted {limit} ({part} of {whole})"
UNDECIDED: Final = ", {count} undecided"
BAND: Final = "{name}, target 90 %"
ON_TARGET: Final = "on target"
NONE_DECIDED: Final = "no first contact has been due yet{undecided}"
UNDECIDED_ALONE: Final = " ({count} undecided)"
NONE_ASKED: Final = "no detractor has answered"
IN_TIME: Final = "in time"
WITHIN: Final = "in {limit}"
OPEN: Final = "*Open {total}:* {steps}"
NOTHING_OPEN: Final = "*Nothing is open.*"
OPEN_STEPS: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.FLAG: "{count} to be flagged",
        Step.ASSIGN: "{count} unassigned",
        Step.OUTREACH: "{count} outreach",
        Step.CONVERSATION: "{count} conversation",
        Step.ACTION: "{count} action",
        Step.FOLLOW_UP: "{count} follow-up",
    }
)
TO_CLOSE: Final = "{count} ready to close"
OVERDUE: Final = "{count} overdue"
TOOK: Final = "Median time to outreach {median} (p90 {p90})"
TOOK_ONE: Final = "Time to the only outreach {median}"
NOBODY_CONTACTED: Final = "Nobody has been contacted so far"
SAVED: Final = "saved {count}{acv}"
NONE_SAVED: Final = "nobody saved so far"
PENDING: Final = "{count} not measured yet"
AT_RISK: Final = "at risk {acv}"
AT_RISK_MORE: Final = "at risk {acv} and {count} of unknown value"
AT_RISK_UNKNOWN: Final = "at risk: {count} of unknown value"
LOOK_FIRST: Final = "*Look first:* {cases}"
LATE_BY: Final = "overdue {by}"
UNASSIGNED_FOR: Final = "unassigned {span}"
CRITICAL: Final = "critical"
STEP_IN: Final = "{step} in {span}"
READY: Final = "ready to close"

# Overdue
OVERDUE_TITLE: Final = "*{programme}: {cases} overdue*"
NONE_OVERDUE: Final = "*{programme}:* nothing is overdue."
LATE: Final = "{step} overdue {by}"
NOBODY: Final = "no owner"
LATE_STEPS: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.FLAG: "card",
        Step.ASSIGN: "owner",
        Step.OUTREACH: "outreach",
        Step.CONVERSATION: "conversation",
        Step.ACTION: "action",
        Step.FOLLOW_UP: "follow-up",
    }
)

# Segments
NPS: Final = "NPS {shown} from {people}"
NO_ANSWERS: Final = "nobody has answered"
GROUPED: Final = "By {grouping}"
ANSWERS: Final = "Answers"
TARGET: Final = "Target"
SCORE: Final = "NPS"
MARGIN: Final = "Margin"
TREND: Final = "Trend"
GROUP_TEXT: Final = "{name} {score}"
GROUPED_BY: Final[Mapping[Dimension, str]] = MappingProxyType(
    {
        Dimension.SEGMENT: "Segment",
        Dimension.ACV_BAND: "Contract value",
        Dimension.TENURE: "Tenure",
        Dimension.ROLE: "Role",
        Dimension.SURFACE: "Product surface",
        Dimension.PLAN: "Plan",
        Dimension.REGION: "Region",
        Dimension.CSM: "CSM",
    }
)
CHOOSE_GROUPS: Final = "Group by…"
NOT_KNOWN: Final = "not known"
MONTHS: Final = "{months} months"
MOVE_WHY: Final = "{name} ({points}: {reason})"
MOVED: Final = "*Moved more than 5 points:* {groups}"
MOVE: Final = "{name} ({points})"
INVERSION: Final = "*Inversion:* {name} is claimed as a strength and scores worst ({score})."
DIVERGING: Final = "*Of two minds:* {accounts}"
DIVERGES: Final = "{account} ({roles})"
VOICE: Final = "{role} {score}"
NO_GROUPS: Final = "Nobody has answered in {period}."

# Leaders
LEADER: Final = "{who} · {contacted} · {saved} · {cases}"
LEADER_CONTACTED: Final = "contacted in time {percent} % ({part} of {whole})"
LEADER_UNDECIDED: Final = "no first contact due yet"
LEADER_RATE: Final = "{percent} % ({part} of {whole})"
NONE_DUE: Final = "none due yet"
UNOWNED: Final = "Nobody (no owner)"
BY_OWNER: Final = "By owner"
BY_TEAM: Final = "By team"
OWNER: Final = "Owner"
TEAM: Final = "Team"
CASES: Final = "Cases"
IN_TIME_RATE: Final = "Contacted in time"
SAVED_CASES: Final = "Saved"
SAVED_VALUE: Final = "Value saved"
NO_LEADERS: Final = "No detractor has answered in {period}."
LEADERS_NOTE: Final = "Contact and saves of the cases submitted in this time, by who owns them now. Scores stay out."
