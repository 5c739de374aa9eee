"""Every sentence of ours on the readout and around it. `{names}` are filled in by the views."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recovery.readouts.page import Answer, AskKind, Changed

TITLE: Final = "*{programme} · Readout of {period}*"
PLAIN_TITLE: Final = "{programme}, readout of {period}"
SO_FAR: Final = "{period} so far"
LAST_ASK: Final = "Last Ask ({period})"
NO_DECISION: Final = "Nobody has decided it."
DECIDED: Final[Mapping[Answer, str]] = MappingProxyType(
    {Answer.YES: "Yes", Answer.NO: "No", Answer.KEEP_MONITORING: "We'll keep monitoring"}
)
DECISION: Final = ", says {name}: {sentence} "
WRITTEN_BY: Final = "(written down by {who}, {at})"
COMPANY_NPS: Final = "*Company NPS {shown}* from {people} · {trend}"
NPS: Final = "*NPS {shown}* from {people} · {trend}"
NO_ANSWERS: Final = "*Nobody answered in this quarter*, so there is no score."
WHO_ANSWERED: Final = "Who answered: {shares}"
SHARE: Final = "{name} {percent} %"
SEGMENTS: Final = "*By segment*"
CHART: Final = "NPS by segment"
CHART_AXIS: Final = "NPS"
NOT_DRAWN: Final = "Too few answers to be drawn: {names}."
SEGMENT: Final = "• {name}: {shown}, {answers}, {trend}"
SEGMENT_EMPTY: Final = "• {name}: nobody answered"
MORE: Final = "and {count} more"
NOT_KNOWN: Final = "not known"
MOVED: Final = "Moved more than 5 points"
MOVE: Final = "• {name} ({points}): "
NO_REASON: Final = "no reason written yet"
INVERSION: Final = "*Inversion:* {name} is claimed as a strength and scores worst ({score})."
THEMES: Final = "What detractors say"
THEME: Final = "{tag} ({count} like it)"
THEME_ONE: Final = "{tag} (one answer)"
NO_THEMES: Final = "No theme: too few comments of detractors are alike."
LOOP: Final = "*Closed loop:* {rate} · {actions} · {saved}"
WAITED: Final = "{count} cases waited on their customers, {total} in all, {longest} at most"
WAITED_ONE: Final = "1 case waited on the customer, {total}"
NO_DETRACTORS: Final = "*Closed loop:* no detractor answered in this quarter."
COMMITTED: Final = "{count} committed"
NONE_COMMITTED: Final = "no action committed"
SAVED: Final = "{count} saved{acv}"
NONE_SAVED: Final = "nobody saved yet"
THE_ASK: Final = "The Ask"
ASK_KINDS: Final[Mapping[AskKind, str]] = MappingProxyType(
    {AskKind.DO: "Do something", AskKind.DROP: "Give something up, formally"}
)
ASK_DO: Final = "{who}: {action} By {due}."
ASK_DROP: Final = "Formally given up from {due} on. {who}: {action}"

# The draft
DRAFT: Final = "Draft. Only you see it; nothing is posted until you publish."
NO_ASK: Final = "The Ask is missing; without one the readout can't be published."
MISSING_REASONS: Final = "{count} without a reason."
RUNS: Final = "The quarter runs until {day}; it can be published after that."
EDIT: Final = "Edit…"
EDIT_LABEL: Final = "Write the reasons and the Ask of this readout"
PUBLISH: Final = "Publish"
PUBLISH_LABEL: Final = "Publish this readout in the executives' channel"
AGAIN: Final = "Post it again"
AGAIN_LABEL: Final = "Post this readout in the executives' channel once more"
LOST: Final = "The readout of {period} of {programme} is published, and nobody has it. {trouble} Then post it again."
OPEN_LOST: Final = "Open it"
OPEN_LOST_LABEL: Final = "Open the readout that could not be posted"
PUBLISHED: Final = "Published in {channel} by {who}, {at}."
OPEN: Final = "Open the draft"
OPEN_LABEL: Final = "Open the draft of this readout"
READY: Final = "{period} of {programme} is over, and the draft of its readout is ready. What it needs of you: the Ask."
READY_MOVES: Final = "It also needs a one-line reason for each of {count}."
DONE: Final = "The readout of {period} of {programme} is published, by {who}."

# The window of the draft
EDIT_TITLE: Final = "Edit the readout"
SAVE: Final = "Save"
CANCEL: Final = "Cancel"
WHY_MOVED: Final = "Why did {name} move ({points})?"
WHY_HINT: Final = "One line that explains it to somebody who wasn't there."
ASK_KIND: Final = "The Ask: what is it?"
ASK_DECISION: Final = "What shall be decided?"
ASK_DECISION_HINT: Final = "One decision that can be answered with yes or no."
ASK_WHO: Final = "Who does it?"
ASK_WHO_HINT: Final = "One person or one team, by name."
ASK_ACTION: Final = "What will they do?"
ASK_DUE: Final = "By when, or from when on?"
FILL_IN: Final = "An Ask has all four: decision, who, action, date. Fill this in, or empty the others."
LATER_HINT: Final = "You can leave the Ask empty and save; publishing needs it."

# Published
YES: Final = "Yes"
NO: Final = "No"
KEEP_MONITORING: Final = "We'll keep monitoring"
DECIDE_LABEL: Final = "Answer the Ask: {answer}"
STALL: Final = "This is no decision; it counts as a stall, and the Ask stays open."
DECIDE_TITLE: Final = "Decide"
DECIDE_SUBMIT: Final = "Write it down"
WHY: Final = "Why? One sentence"
WHO: Final = "Who has decided?"
WHO_HINT: Final = "The name that stands behind it. Everybody in the channel reads it."
SAY_WHY: Final = "Write one sentence; it stands on the next readout."
SAY_WHO: Final = "Write the name of who has decided."

# In the App Home of a lead
HOME_READOUT: Final = "Readout of {period} of {programme}"
HOME_NO_ASK: Final = "the Ask is missing"
HOME_TO_PUBLISH: Final = "ready to publish; `/nps readout` shows it"
HOME_OPEN_LABEL: Final = "Write on the readout of {period} of {programme}"
HOME_LOST: Final = "published, and Slack would not take it; `/nps readout` says why"
HOME_WAITS: Final = "published, nobody has decided: {ask}"
HOME_ANSWERED: Final = "{answer}: {ask}"
HOME_MORE: Final = "and the readouts of {count} more programmes; `/nps decisions` lists them"

# Decisions
DECISIONS: Final = "*Asks and decisions* · {engagement}"
SEES_NONE: Final = "You see no programme's readouts. Join the channel of one first."
NONE_PUBLISHED: Final = "No readout has been published yet. A lead begins one with `{command} readout`."
DECIDED_SHARE: Final = "{part} of {asks} decided ({percent} %){stalled}"
STALLED: Final = ", {count} stalled"
STALLS: Final = "{stalls} in all"
HAVE_CHANGED: Final = "{decisions} changed product, process or policy in the last 90 days"
NOTHING_CHANGED: Final = "no decision changed product, process or policy in the last 90 days"
OPEN_ASK: Final = "open since {at}"
NOTE_EFFECT: Final = "What it changed…"
CHANGE_EFFECT: Final = "Correct what it changed…"
NOTE_EFFECT_LABEL: Final = "Write down what this decision changed: {name}"
EFFECTS: Final[Mapping[Changed, str]] = MappingProxyType(
    {
        Changed.PRODUCT: "It changed the product",
        Changed.PROCESS: "It changed how we work",
        Changed.POLICY: "It changed a policy",
        Changed.NOTHING: "It has changed nothing so far",
    }
)
EFFECT: Final = ": {note} "
EFFECT_TITLE: Final = "What it changed"
WHAT_CHANGED: Final = "What has this decision changed?"
CHANGED_KINDS: Final[Mapping[Changed, str]] = MappingProxyType(
    {
        Changed.PRODUCT: "The product",
        Changed.PROCESS: "A process, how we work",
        Changed.POLICY: "A policy, such as prices or terms",
        Changed.NOTHING: "Nothing so far",
    }
)
CHANGED_WHAT: Final[Mapping[Changed, str]] = MappingProxyType(
    {
        Changed.PRODUCT: "the product",
        Changed.PROCESS: "a process",
        Changed.POLICY: "a policy",
        Changed.NOTHING: "nothing so far",
    }
)
HOW_CHANGED: Final = "How? One sentence"
HOW_CHANGED_HINT: Final = "What is different for customers or for us; it stands on the next readout."
NOTED_BY: Final = "Written down by {who}; you can put it right."
SAY_WHAT: Final = "Write one sentence that says what is different, or why nothing is."
SAY_SHORTER: Final = "Shorten it to {most} characters; it stands on the next readout."

# Refusals
NO_QUARTER: Final = "A readout is about a quarter. Write {example}, or “last quarter”."
RUNNING: Final = "{period} runs until {day}. Publish it after that; you can write its Ask already."
NO_CHANNEL: Final = (
    "The policy names no channel for it. Set executives in [programmes.{key}], such as “#exec-readout”, then publish."
)
CHANNEL_UNKNOWN: Final = (
    "I don't know the channel “{channel}” yet. Invite me there with `/invite @winback`, then publish."
)
MISSING_ASK: Final = "A readout without an Ask can't be published. Press Edit… and write it."
REFUSED_ASK: Final = "The Ask can't go out like this. {why}"
CHANGED: Final = "This draft was changed after you opened it. Type `/nps readout` to see it as it is now."
ALREADY: Final = "This readout has been published; it can't be changed any more."
GONE: Final = "This readout is gone. Type `/nps readout` once more."
OLD: Final = "This button is out of date. Type `/nps readout` once more."
OLD_LIST: Final = "This list is out of date. Type `/nps decisions` once more."
DECIDED_ALREADY: Final = "{who} has written down an answer meanwhile: {answer}."
DECIDED_BY_YOU: Final = "You have written down an answer already: {answer}."
NOT_DECIDED: Final = "Nobody has decided this Ask with a yes or a no, so there is nothing it could have changed."
YOU: Final = "You"
NOTED_ALREADY: Final = (
    "{who} wrote down after this window was opened that it changed {what}. Close it and open it again to correct that."
)
