"""Every sentence of ours about the steps: buttons, the ladder, the modals, the lines in the thread."""

from typing import Final

from recovery.cases.case import Outcome
from recovery.cases.progress import Verdict
from recovery.cases.steps import ActionKind, Channel, FollowUpResult, OutreachResult, Step

# Buttons
LOG: Final[dict[Step, str]] = {
    Step.OUTREACH: "Log outreach",
    Step.CONVERSATION: "Log conversation",
    Step.ACTION: "Commit action",
    Step.FOLLOW_UP: "Follow up",
}
LOG_LABELS: Final[dict[Step, str]] = {
    Step.OUTREACH: "Log outreach for case {case}, {account}",
    Step.CONVERSATION: "Log a conversation for case {case}, {account}",
    Step.ACTION: "Commit an action for case {case}, {account}",
    Step.FOLLOW_UP: "Follow up on the action of case {case}, {account}",
}
CLOSE_CASE: Final = "Close…"
CLOSE_LABEL: Final = "Close case {case}, {account}"
REOPEN: Final = "Reopen…"
REOPEN_LABEL: Final = "Reopen case {case}, {account}"
CORRECT: Final = "Correct an entry…"
CORRECT_LABEL: Final = "Correct what was logged on case {case}, {account}"

# The ladder on the card
STEPS: Final[dict[Step, str]] = {
    Step.FLAG: "flagged",
    Step.ASSIGN: "assigned",
    Step.OUTREACH: "outreach",
    Step.CONVERSATION: "conversation",
    Step.ACTION: "action",
    Step.FOLLOW_UP: "follow-up",
}
DUE: Final = "{step} due {at}"
OVERDUE: Final = "{step} overdue since {at}"
NEXT: Final = "{step} is next"
LATE: Final = "{step} ({late} late)"
NEW_ACTION: Final = "new action"
MEETING: Final = "meeting {at}"
READY_TO_CLOSE: Final = "ready to close"
PROMISED: Final = "{kind}, due {due}: {person} with {partner}"
WAS_PROMISED: Final = "{kind}, due {due}, broken: {person} with {partner}"
SLIPPED_BEFORE: Final = "Slipped {times}, first promised for {first_due}"
ONCE: Final = "once"
PARTNER_DONE: Final = "{partner} says it is done"
PARTNER_SLIPS: Final = "{partner} says it slips"

KINDS: Final[dict[str, str]] = {
    ActionKind.FIX.value: "Fix",
    ActionKind.PROCESS_CHANGE.value: "Process change",
    ActionKind.SERVICE_RECOVERY.value: "Service recovery",
    ActionKind.HONEST_NO.value: "Honest no",
}
CHANNELS: Final[dict[str, str]] = {
    Channel.CALL.value: "Call",
    Channel.VIDEO.value: "Video call",
    Channel.EMAIL.value: "E-mail",
    Channel.CHAT.value: "Chat",
    Channel.TEXT.value: "Text message",
    Channel.VISIT.value: "Visit",
    Channel.AUTOMATED_EMAIL.value: "Automated e-mail",
}
OUTREACH_RESULTS: Final[dict[str, str]] = {
    OutreachResult.REACHED.value: "Reached them",
    OutreachResult.LEFT_MESSAGE.value: "Left a message",
    OutreachResult.MEETING_BOOKED.value: "Booked a meeting",
    OutreachResult.BOUNCED.value: "It bounced",
    OutreachResult.NO_LONGER_THERE.value: "They are no longer there",
}
FOLLOW_UP_RESULTS: Final[dict[str, str]] = {
    FollowUpResult.HELD.value: "Held",
    FollowUpResult.SLIPPED.value: "Slipped",
    FollowUpResult.BROKEN.value: "Broken",
}
OUTCOMES: Final[dict[str, str]] = {
    Outcome.RECOVERED.value: "Recovered",
    Outcome.NOT_RECOVERED.value: "Not recovered",
    Outcome.HONEST_NO_ACCEPTED.value: "Honest no accepted",
    Outcome.UNREACHABLE.value: "Unreachable",
    Outcome.CHURNED.value: "Churned",
    Outcome.WITHDRAWN.value: "Withdrawn",
    Outcome.DUPLICATE.value: "Duplicate",
}

# Every modal of a step
LOG_IT: Final = "Log it"
CORRECT_IT: Final = "Correct it"
CHOOSE_ONE: Final = "Choose one"
HAPPENED_AT: Final = "When was it?"
MEANWHILE: Final = "While this window was open, this happened:"
MEANWHILE_MORE: Final = "… and {more} before that."
NOTHING_LOST: Final = "What you typed is still here. Check it, then send it again."
CORRECT_REASON: Final = "Why is it corrected?"
CORRECT_REASON_HINT: Final = "What was logged first stays in the history."
REFUSED_TITLE: Final = "That did not work"

# Log outreach
OUTREACH_TITLE: Final = "Log outreach"
DRAFT: Final = "A first message to copy:"
DRAFT_CUT: Final = "The draft is too long to show whole. Shorten it in the policy."
TRIED: Final = "So far: {attempts} ({channels})."
CHANNEL: Final = "How did you get in touch?"
RESULT: Final = "What came of it?"
MEETING_AT: Final = "When is the meeting?"
MEETING_AT_HINT: Final = "Only if you booked one."
OUTREACH_NOTE: Final = "What was said?"
OUTREACH_NOTE_HINT: Final = "Two sentences are enough. Leave it empty if the message bounced."

# Log conversation
CONVERSATION_TITLE: Final = "Log conversation"
WITH_WHOM: Final = "With whom did you speak?"
ROOT_CAUSE: Final = "Root cause"
SENTENCE: Final = "The sentence that says it, in their words"
SENTENCE_HINT: Final = "For example: “It took four months instead of thirty days.”"
WANTS: Final = "What do they need to see changed?"
NOTES: Final = "Notes"

# Commit action
ACTION_TITLE: Final = "Commit action"
ACTION_SUBMIT: Final = "Commit"
NOW_PROMISED: Final = "Promised now: {promise}. A new action takes its place; it stays in the history."
KIND: Final = "What kind of action is it?"
DELIVERABLE: Final = "What will the customer have?"
DELIVERABLE_HINT: Final = "For example: “Engineering ships CSV export in the May release; Priya demos it on 20 May.”"
PERSON: Final = "Who delivers it?"
PARTNER: Final = "Who helps, from the team that can change it?"
PARTNER_HINT: Final = "They hear of it in a direct message."
ACTION_DUE: Final = "By when?"
COMMITTED_AT: Final = "When was it committed?"
COMMITTED_AT_HINT: Final = "Leave it empty for now."
CHALLENGE_EXAMPLE: Final = "For example: “{example}”"
CHALLENGED: Final = "Keep it as it is?"
CHALLENGED_TICK: Final = "I stand by this wording"
CHALLENGED_HINT: Final = "It is about {words}. The tick stays in the history."

# Follow up
FOLLOW_UP_TITLE: Final = "Follow up"
DID_IT_HOLD: Final = "Did it hold?"
FOLLOWED_UP_AT: Final = "When did you ask?"
EVIDENCE: Final = "How do you know?"
EVIDENCE_HINT: Final = "For example: “Dana sees the export in her account and uses it each Monday.”"
NEW_DUE: Final = "New date"
NEW_DUE_HINT: Final = "Only if it slipped."
RESURVEY: Final = "Next survey"
RESURVEY_TICK: Final = "Ask them again in the next survey"
NO_ACTION: Final = "No action is committed at the moment."

# Close, reopen
CLOSE_TITLE: Final = "Close the case"
CLOSE_SUBMIT: Final = "Close the case"
OUTCOME: Final = "How did it end?"
CLOSE_REASON: Final = "In a few words, why?"
CLOSE_REASON_HINT: Final = "It stays in the history. Recovered and unreachable need no reason: the steps say it."
NOT_YET: Final = "Not possible yet:"
REOPEN_TITLE: Final = "Reopen the case"
REOPEN_SUBMIT: Final = "Reopen"
REOPEN_REASON: Final = "Why does it go on?"
REOPEN_REASON_HINT: Final = "It stays in the history. The case goes back to where it stood."

# Correct
CORRECT_TITLE: Final = "Correct an entry"
CORRECT_SUBMIT: Final = "Go on"
ENTRY: Final = "Which one?"
ENTRY_HINT: Final = "You can change it in the next window. What was logged first stays in the history."
ENTRIES_LEFT_OUT: Final = "Only the last {shown} can be chosen here; there are {entries}."
STRIKE: Final = "Or was it a mistake?"
STRIKE_TICK: Final = "Take it out: it was logged by mistake"
STRIKE_REASON: Final = "Why?"
STRIKE_REASON_HINT: Final = "Needed only to take it out."
NOTHING_TO_CORRECT: Final = "Nothing has been logged on this case that could be corrected."

# The functional partner's modal
PARTNER_TITLE: Final = "It slips"
PARTNER_SUBMIT: Final = "Tell the owner"
PARTNER_NOTE: Final = "Why, and until when?"
PARTNER_NOTE_HINT: Final = "The owner hears it at once and gives the customer a new date."

# Log a detractor
DETRACTOR_TITLE: Final = "Log a detractor"
DETRACTOR_SUBMIT: Final = "Open a case"
DETRACTOR_INTRO: Final = (
    "An answer that you heard in person counts like one from a survey: it needs a score from 0 to 10 that they gave "
    "themselves, and their words."
)
SCORE: Final = "Which score did they give?"
SCORES: Final[dict[int, str]] = {0: "0, not at all likely to recommend us", 10: "10, extremely likely to recommend us"}
VERBATIM: Final = "What did they say, in their words?"
CONTACT_NAME: Final = "Who said it?"
EMAIL: Final = "Their e-mail address"
EMAIL_HINT: Final = "By it we know them in every survey."
ACCOUNT: Final = "Their company"
PROGRAMME: Final = "Programme"

# Thread and history: what was done, after the name of who did it
REACHED: Final[dict[str, str]] = {
    OutreachResult.REACHED.value: "reached {contact} ({channel})",
    OutreachResult.LEFT_MESSAGE.value: "left {contact} a message ({channel})",
    OutreachResult.MEETING_BOOKED.value: "booked a meeting with {contact} for {meeting} ({channel})",
    OutreachResult.BOUNCED.value: "did not get through to {contact}: it bounced ({channel})",
    OutreachResult.NO_LONGER_THERE.value: "found that {contact} is no longer there ({channel})",
}
BOOKED_NO_TIME: Final = "booked a meeting with {contact} ({channel})"
TRIED_TO_REACH: Final = "tried to reach {contact}"
SPOKE: Final = "spoke with {with_whom}. Root cause: {cause}"
SPOKE_SOMEHOW: Final = "spoke with {with_whom}"
COMMITTED: Final[dict[str, str]] = {
    ActionKind.FIX.value: "committed a fix by {due}: {person} with {partner}",
    ActionKind.PROCESS_CHANGE.value: "committed a process change by {due}: {person} with {partner}",
    ActionKind.SERVICE_RECOVERY.value: "committed a service recovery by {due}: {person} with {partner}",
    ActionKind.HONEST_NO.value: "gave an honest no until {due}: {person} with {partner}",
}
COMMITTED_SOMETHING: Final = "committed an action"
FOLLOWED_UP: Final[dict[str, str]] = {
    FollowUpResult.HELD.value: "followed up: the action held",
    FollowUpResult.SLIPPED.value: "followed up: the action slipped to {new_due}",
    FollowUpResult.BROKEN.value: "followed up: the action broke, so a new one is needed",
}
FOLLOWED_UP_SOMEHOW: Final = "followed up"
DONE_SO: Final = "{who} {did}."
ON: Final = " That was {at}."
KEPT_WORDING: Final = " Kept as worded, with a tick: {words}."
ASK_AGAIN: Final = " The customer is asked again in the next survey."
CORRECTED_ENTRY: Final = "{who} corrected an entry, which now reads: {did}."
CORRECTED_SOMEHOW: Final = "{who} corrected an entry."
STRUCK_ENTRY: Final = "{who} took out {what} that was logged by mistake."
WHY_CORRECTED: Final = " Reason: {reason}."
ENTRY_NAMES: Final[dict[str, str]] = {
    Step.OUTREACH.value: "an outreach",
    Step.CONVERSATION.value: "a conversation",
    Step.ACTION.value: "an action",
    Step.FOLLOW_UP.value: "a follow-up",
}
AN_ENTRY: Final = "an entry"
ACTION_DONE: Final = "{who} says that the action is done."
ACTION_SLIPPING: Final = "{who} says that the action slips."
CLOSED_AS: Final[dict[str, str]] = {
    Outcome.RECOVERED.value: "{who} closed the case: recovered.",
    Outcome.NOT_RECOVERED.value: "{who} closed the case: not recovered.",
    Outcome.HONEST_NO_ACCEPTED.value: "{who} closed the case: the honest no was accepted.",
    Outcome.UNREACHABLE.value: "{who} closed the case: {contact} can't be reached.",
    Outcome.CHURNED.value: "{who} closed the case: the customer has left.",
}
CLOSED_SOMEHOW: Final = "{who} closed the case."
REOPENED: Final = "{who} reopened the case."
MEASURED: Final[dict[str, str]] = {
    Verdict.SAVED.value: "{contact} answered again, from {before} to {score}: saved.",
    Verdict.NOT_SAVED.value: "{contact} answered again, from {before} to {score}: not saved.",
}
MEASURED_SOMEHOW: Final = "{contact} answered again."
