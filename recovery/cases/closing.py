"""How a case ends, and begins again (playbook, section 3, Close)."""

from dataclasses import replace
from datetime import datetime

from recovery.cases.case import Case, Change, Event, EventKind, Outcome, State, ended, refuse_closed, withdraw
from recovery.cases.folding import after_event
from recovery.cases.rungs import is_needed
from recovery.cases.step_rules import StepRules
from recovery.cases.steps import SHORT, ActionKind, Step, plain_text
from recovery.errors import FieldRefusal, Refusal

# These leave the figures, so only a lead gives them (recovery.roles.check_close).
LEAD_ONLY = frozenset({Outcome.WITHDRAWN, Outcome.DUPLICATE})
# The steps say why by themselves; everything else is explained by who closes.
REASON_OPTIONAL = frozenset({Outcome.RECOVERED, Outcome.UNREACHABLE})


def close(case: Case, outcome: Outcome, reason: str, by: str, at: datetime, rules: StepRules) -> Change:
    """The case is over. Its owner stays on it, for the history and the figures.

    Raises Refusal for a closed case, FieldRefusal at `outcome` when the steps don't bear it out, at `reason` when
    there is none.
    """
    refuse_closed(case)
    if obstacle := why_not(case, outcome, rules):
        raise FieldRefusal("outcome", obstacle)
    what = "" if outcome in REASON_OPTIONAL else "in a few words why; it stays in the case's history"
    reason = plain_text("reason", reason, SHORT, what)
    if outcome in LEAD_ONLY:
        return withdraw(case, outcome, reason, by, at)
    event = Event(EventKind.CLOSED, by, at, before=case.state.value, after=outcome.value, note=reason)
    return Change(ended(case, outcome, reason, at), event)


def reopen(case: Case, reason: str, by: str, at: datetime) -> Change:
    """A closed case goes on where it stood, with its owner if it had one."""
    if case.state is not State.CLOSED:
        raise Refusal("This case is open already.")
    reason = plain_text("reason", reason, SHORT, "in a few words why; it stays in the case's history")
    state = State.CLAIMED if case.owner else State.OPEN
    event = Event(
        EventKind.REOPENED, by, at, before=case.outcome.value if case.outcome else "", after=state.value, note=reason
    )
    reopened = replace(
        case,
        state=state,
        closed_at=None,
        outcome=None,
        outcome_reason="",
        progress=after_event(case.progress, event),
    )
    return Change(reopened, event)


def why_not(case: Case, outcome: Outcome, rules: StepRules) -> str:
    """Say what is missing for this outcome, or "" when the steps bear it out."""
    match outcome:
        case Outcome.RECOVERED:
            return _not_recovered_yet(case)
        case Outcome.NOT_RECOVERED:
            return "" if case.progress.contacted_at else "Nobody has contacted the customer yet, so nothing was tried."
        case Outcome.HONEST_NO_ACCEPTED:
            return _no_not_accepted_yet(case)
        case Outcome.UNREACHABLE:
            return _still_reachable(case, rules)
        case Outcome.CHURNED | Outcome.WITHDRAWN | Outcome.DUPLICATE:
            return ""


def _not_recovered_yet(case: Case) -> str:
    action = case.progress.action
    if action is None:
        return _no_action_yet(case)
    if action.kind is ActionKind.HONEST_NO:
        return "The action is an honest no, so the case closes as “honest no accepted” or “not recovered”."
    if not case.progress.action_stands:
        return "The action broke. Commit a new one, and follow up on it first."
    if is_needed(case, Step.FOLLOW_UP) and not case.progress.held:
        return "Recovered needs a follow-up that says the action held. Log it first."
    return ""


def _no_action_yet(case: Case) -> str:
    if is_needed(case, Step.ACTION):
        return "Recovered needs an action that held. Commit one, and follow up on it first."
    if is_needed(case, Step.CONVERSATION) and case.progress.conversation_at is None:
        return "Recovered needs a conversation with the customer. Log it first."
    if case.progress.contacted_at is None:
        return "Nobody has contacted the customer yet. Log the outreach first."
    return ""


def _no_not_accepted_yet(case: Case) -> str:
    action = case.progress.action
    if action is None or action.kind is not ActionKind.HONEST_NO or not case.progress.action_stands:
        return "There is no honest no on this case. Commit it as the action first."
    if case.progress.conversation_at is None:
        return "An honest no is told to the customer in person. Log that conversation first."
    return ""


def _still_reachable(case: Case, rules: StepRules) -> str:
    progress = case.progress
    if progress.reached_at:
        on = rules.words_of(progress.reached_at)
        return f"The customer was reached on {on}, so this is no unreachable one. Close it as “not recovered”."
    attempts, channels = progress.attempts, len(progress.channels)
    if attempts >= rules.unreachable_attempts and channels >= rules.unreachable_channels:
        return ""
    return (
        f"Unreachable takes {_counted(rules.unreachable_attempts, 'attempt')} on "
        f"{_counted(rules.unreachable_channels, 'channel')}; there {'is' if attempts == 1 else 'are'} "
        f"{_counted(attempts, 'attempt')} on {_counted(channels, 'channel')} so far."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
