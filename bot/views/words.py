"""Every sentence of ours that people read in Slack. `{names}` are filled in by the views.

Short, concrete, kind. A refusal says what is so and what to do.
"""

from typing import Final

from recovery.cases.case import Outcome

# Buttons and menus
CLAIM: Final = "Claim"
ASSIGN: Final = "Assign…"
REASSIGN: Final = "Reassign…"
RELEASE: Final = "Release"
HISTORY: Final = "History"
WITHDRAW: Final = "Withdraw…"
OPEN_IN_CRM: Final = "Open in CRM"
OPEN_CARD: Final = "Open card"
CANCEL: Final = "Cancel"
CLOSE: Final = "Close"
BACK: Final = "Back"
NEXT: Final = "Next"
BACK_LABEL: Final = "Back to the page before"
NEXT_LABEL: Final = "On to the next page"

# What a screen reader says for a button
CLAIM_LABEL: Final = "Claim case {case}, {account}"
ASSIGN_LABEL: Final = "Assign case {case}, {account}"
REASSIGN_LABEL: Final = "Give case {case} to someone else, {account}"
HISTORY_LABEL: Final = "History of case {case}, {account}"
OPEN_CARD_LABEL: Final = "Open the card of {account}"

# Card
NO_COMMENT: Final = "No comment."
NO_NAME: Final = "No name given"
THE_CUSTOMER: Final = "the customer"
CUT_HERE: Final = "… {characters} more: the whole comment is under History."
CORRECTED: Final = "The score was corrected to {score}, so this is no longer a detractor. A lead can withdraw the case."
ANSWERED_AGAIN: Final = "Answered again: {answers}"
OWNER_DUE: Final = "Owner due {at}"
OWNER_OVERDUE: Final = "Owner overdue since {at}"
CRITICAL: Final = "Critical"
ROUTED_TO: Final = "to {user}"
BECAUSE: Final = "because {why}"
CASE_NUMBER: Final = "Case {case}"
SURFACE: Final = "about {surface}"
CSM: Final = "CSM {csm}"
ANSWERED: Final = "answered {at}"
ASKED_FOR_CONTACT: Final = "asked to be contacted"
ENDED: Final[dict[Outcome, str]] = {
    Outcome.RECOVERED: "Recovered",
    Outcome.NOT_RECOVERED: "Not recovered",
    Outcome.HONEST_NO_ACCEPTED: "Honest no accepted",
    Outcome.UNREACHABLE: "Unreachable",
    Outcome.CHURNED: "Churned",
    Outcome.WITHDRAWN: "Withdrawn",
    Outcome.DUPLICATE: "Closed as a duplicate",
}
ENDED_BY: Final = " by {who}"
CLOSED_BY: Final = ", closed by {who}"
ENDED_IN: Final = " in {days}"
ENDED_AFTER: Final = " after {days}"
SAVED: Final = "{acv} saved"
SAVED_NO_MONEY: Final = "saved"
NOT_SAVED: Final = "not saved"

# Thread and history
OPENED: Final = "{contact} answered {score}; winback opened the case."
FLAGGED: Final = "The card was posted."
ROUTED: Final = "{user} is asked first, because {why}."
ROUTED_TO_CHANNEL: Final = "The whole channel is asked, because {why}."
CLAIMED: Final = "{who} claimed the case."
CLAIMED_FROM: Final = "{who} claimed the case from {before}."
ASSIGNED: Final = "{who} gave the case to {after}."
REASSIGNED: Final = "{who} gave the case to {after}; {before} had it until now."
TAKEN: Final = "{who} took the case."
TAKEN_OVER: Final = "{who} took the case over from {before}."
RELEASED: Final = "{who} released the case. It needs an owner again."
RELEASED_OTHER: Final = "{who} took the case from {before}. It needs an owner again."
WITHDRAWN: Final = "{who} withdrew the case."
DUPLICATE: Final = "{who} closed the case as a duplicate."
JOINED: Final = "{contact} answered again: {score}."
SCORE_CHANGED: Final = "{contact} changed the score from {before} to {after}."
COMMENT_ADDED: Final = "{contact} added a comment."
COMMENT_CHANGED: Final = "{contact} changed the comment."
COMMENT_REMOVED: Final = "{contact} removed the comment."
FACTS_CHANGED: Final = "More became known of the account: {facts}."
CUSTOMER_CHANGED: Final = "More became known of the customer."
NOW_CRITICAL: Final = "The case is critical now: {why}."
NO_LONGER_CRITICAL: Final = "The case is no longer critical."
# The facts by the names that the event has them by (recovery.cases.facts).
FACTS: Final[dict[str, str]] = {
    "account": "name",
    "acv": "ACV",
    "renewal_date": "renewal date",
    "segment": "segment",
    "csm": "CSM",
    "plan": "plan",
    "region": "region",
    "customer_since": "customer since",
}

# Modals
ASSIGN_TITLE: Final = "Assign the case"
ASSIGN_SUBMIT: Final = "Assign"
ASSIGN_OWNER: Final = "Who takes it?"
ASSIGN_NOTE: Final = "A word for them"
ASSIGN_NOTE_HINT: Final = "They get it as a direct message, and it stands in the thread."
WITHDRAW_TITLE: Final = "Withdraw the case"
WITHDRAW_SUBMIT: Final = "Withdraw"
WITHDRAW_KIND: Final = "What is it?"
WITHDRAW_KIND_PLACEHOLDER: Final = "Choose one"
WITHDRAW_KINDS: Final[dict[str, str]] = {
    "test": "Test answer",
    "wrong_person": "Wrong person",
    "score_corrected": "Score corrected to 7 or more",
    "duplicate": "Duplicate of another case",
}
WITHDRAW_REASON: Final = "What happened, in one sentence?"
WITHDRAW_REASON_HINT: Final = (
    "It stays in the history. The case leaves the figures; the customer hears nothing from us."
)
HISTORY_TITLE: Final = "History"
HISTORY_LEFT_OUT: Final = "{events} left out here; the thread has all of them."
COMMENT_LEFT_OUT: Final = "{characters} of the comment don't fit here."
COMMENT_ELSEWHERE: Final = "Read the rest"
NO_EVENTS: Final = "Nothing has happened yet."

# Refusals at the field of a modal; those of the rules stand with the rules (recovery.roles, recovery.cases.case)
CHOOSE_OWNER: Final = "Choose who takes the case."
SAY_WHY: Final = "Say in one sentence what happened, for example: “Our own test from the survey set-up.”"
CHOOSE_A_KIND: Final = "Choose what it is."
CHOOSE_ONE: Final = "Choose one of the list."
CHOOSE_A_DAY: Final = "Choose a day."
CHOOSE_A_TIME: Final = "Choose a day and a time."
TOO_LATE: Final = "Slack opens a window only within three seconds, and this took longer. Press once more."
OLD_BUTTON: Final = "This button is from an earlier version of winback. Open the card in its channel and use that."
OLD_WINDOW_TITLE: Final = "Please open it again"
OLD_WINDOW: Final = "This window is from an earlier version of winback. Close it and open it from the card again."
WENT_WRONG: Final = (
    "That did not work, and nothing has changed. Try again; if it stays, give {reference} to whoever runs winback."
)

# Help
HELP_TITLE: Final = "*winback* makes sure that every unhappy customer hears back from one named person, in time."
HELP_COMMANDS: Final[dict[str, str]] = {
    "help": "this list",
    "case": "everything that happened to one case, for example `{command} case 42`",
    "explain": "why the steps of a case are due when they are, for example `{command} explain 42`",
    "mine": "your open cases, the most pressing first",
    "account": "cases and answers of one account, for example `{command} account Northwind`",
    "away": "your cases go to others and come back, for example `{command} away 2026-12-24..2027-01-02`",
    "back": "you are here again, and your cases come back to you",
    "status": "how a programme stands, for example `{command} status last quarter`",
    "overdue": "the cases that missed a deadline, the most pressing first",
    "segments": "what groups of customers answer, for example `{command} segments 2026Q3 by role`",
    "leaders": "who contacts in time and saves, by owner and team",
    "themes": "what detractors write about, in their own words, for example `{command} themes last quarter`",
    "readout": "the one page of a quarter and its Ask, for leads, for example `{command} readout 2026Q3`",
    "decisions": "what was asked for in readouts, what was decided, and what that changed",
    "actions": "what is done about what many customers say: who, by when, and how one will know",
    "export": "answers and cases as files, for leads, for example `{command} export 2026Q3`",
}
HELP_BUTTONS: Final[tuple[tuple[str, str], ...]] = (
    ("Claim", "the case is yours, and everybody sees that"),
    ("Assign…", "a CS lead names the owner"),
    ("Log outreach, Log conversation, Commit action, Follow up", "the steps of the owner; the green one is next"),
    ("⋯", "the customer in the CRM, the history, and with an owner Reassign…, Release, Pause or snooze… and Close…"),
)
HELP_CARD: Final = "On a card:"
HELP_HOME: Final = "Your cases are in the *Home* tab of this app."
HELP_UNKNOWN: Final = "I don't know “{word}”."
ONE_MOMENT: Final = "One moment, the answer follows."
HELP_NEAREST: Final = "Did you mean `{command} {word}`?"

# Trouble
TROUBLE: Final = "I can't post in {channel} ({why})."
TROUBLE_PERSON: Final = "I can't write to {channel} ({why})."
TROUBLE_SINCE: Final = "Since {at}. The clocks of its cases run on."
TROUBLE_WAITING: Final = "{cards} could not be posted there so far."
TROUBLE_REMEDY: Final = "What helps: {remedy}"
UNREACHED: Final = "{channel} could not be reached ({why}), so this is here."
REFUSED_BY_SLACK: Final[dict[str, tuple[str, str]]] = {
    "not_in_channel": ("not invited", "type `/invite @winback` in that channel."),
    "channel_not_found": (
        "not found",
        "if it is private, type `/invite @winback` there; if it is gone, name another channel in the policy.",
    ),
    "is_archived": ("archived", "unarchive it, or name another channel in the policy."),
    "restricted_action": (  # and its four siblings restricted_action_…
        "posting is restricted",
        "let apps post in the channel's settings, or name another channel in the policy.",
    ),
    "user_disabled": ("deactivated", "give their open cases to someone else, and name another person in the policy."),
    "user_not_found": ("not in this workspace", "correct the address in the policy."),
    "cannot_dm_bot": ("an app, not a person", "name a person in the policy."),
    "messages_tab_disabled": (
        "direct messages are switched off",
        "switch on the Messages Tab under App Home in the app's settings.",
    ),
    "missing_scope": ("a permission is missing", "install the app again, so that it gets every scope of its manifest."),
}
REFUSED_OTHERWISE: Final = (
    "Slack refuses",
    "type `/invite @winback` in that channel, then run `winback check`.",
)

# Direct messages to an owner
GIVEN: Final = "{who} gave you {account}."
GIVEN_WITH_NOTE: Final = "{who} gave you {account}: “{note}”"
TAKEN_AWAY: Final = "{who} gave {account} to {after}. You need do nothing more."
GIVEN_BACK: Final = "{who} gave {account} back to the channel. You need do nothing more."

OWNER_GONE: Final = "{gone} has left, so {account} needs an owner."
OWNER_IDLE: Final = "{gone} had {account}, and nobody tried to reach {contact}, so it needs an owner again."
IDLE_BACK: Final = "Nobody had tried to reach {contact}, so {account} is back in the channel. You need do nothing more."
ASKED_FIRST: Final = "{user} is asked first."

# Direct messages about an action
DID_IT_HOLD: Final = "{account}: did the action hold?"
HELD: Final = "Held…"
SLIPPED: Final = "Slipped…"
BROKEN: Final = "Broken…"
HELD_LABEL: Final = "The action for {account} held"
SLIPPED_LABEL: Final = "The action for {account} slipped"
BROKEN_LABEL: Final = "The action for {account} broke"
PROMPT_ANSWERED: Final[dict[str, str]] = {
    "held": "{who} answered {at}: it held.",
    "slipped": "{who} answered {at}: it slipped.",
    "broken": "{who} answered {at}: it broke.",
}
PROMPT_OVER: Final = "Nobody needs to answer this any more."
PARTNER_ASKED: Final = "{owner} counts on you: {account} was promised this by {due}."
PARTNER_ASKED_NO: Final = "{owner} counts on you: {account} was told this, until {due}."
NO_WORDS: Final = "(no words)"
WROTE: Final = "{contact} wrote:"
IS_DONE: Final = "It is done"
IT_SLIPS: Final = "It slips…"
IS_DONE_LABEL: Final = "The action for {account} is done"
IT_SLIPS_LABEL: Final = "The action for {account} slips"
PARTNER_SAID_DONE: Final = "You said that it is done, {at}. The owner knows."
PARTNER_SAID_SLIPS: Final = "You said that it slips, {at}. The owner gives the customer a new date."
PARTNER_HELD: Final = "The customer says that it holds. Thank you."
PARTNER_OVER: Final = "This is no longer asked of you. You need do nothing more."
PARTNER_DONE: Final = "{who} says that the action for {account} is done. Ask {contact} whether it holds."
PARTNER_SLIPS: Final = "{who} says that the action for {account} slips. Give {contact} a new date."
WENT: Final[dict[str, str]] = {
    "saved": "{account} went from {before} to {score}: saved, {acv}.",
    "saved_no_money": "{account} went from {before} to {score}: saved.",
    "not_saved": "{account} went from {before} to {score}: not saved.",
    "no_action": (
        "{account} went from {before} to {score}. No action was committed before that, so it doesn't count as saved."
    ),
}

# App Home
HOME_TODAY: Final = "{count} {need} you today"
HOME_TODAY_EMPTY: Final = "Nothing needs you today"
HOME_LATER: Final = "Later"
HOME_FOLLOW_UPS: Final = "Follow-ups coming"
HOME_QUARTER: Final = "This quarter"
CONTACTED: Final = "contacted in time {contacted} of {decided}"
NONE_DECIDED: Final = "nothing to contact so far"
SAVED_COUNT: Final = "{saved} saved"
SAVED_ACV: Final = "{saved} saved ({acv})"
HOME_UNASSIGNED: Final = "Unassigned"
HOME_UNASSIGNED_EMPTY: Final = "Every case has an owner."
HOME_OVERDUE: Final = "Overdue"
HOME_OVERDUE_EMPTY: Final = "Nothing is overdue."
HOME_OWNERS: Final = "By owner"
HOME_OWNERS_EMPTY: Final = "Nobody owns a case."
OWNER_OPEN: Final = "{open} open"
OWNER_LATE: Final = "{overdue} overdue"
OWNER_AWAY: Final = "away until {day}"
HOME_WAITING: Final = "Waiting for an owner"
HOME_WAITING_EMPTY: Final = "Every case has an owner."
HOME_PAGE: Final = "Page {page} of {pages}"
