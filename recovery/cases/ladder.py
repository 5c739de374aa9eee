"""What may be logged on a case, and what it does to it (playbook, sections 2 and 3).

Steps may come in any order, late, and more than once. Each function takes a case as it is and gives the case as it
will be with the event that says so; nothing else changes a case's progress. Who may do it: recovery.roles.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from recovery.cases.case import Case, Change, Event, EventKind, refuse_closed
from recovery.cases.commitment import check_commitment
from recovery.cases.evidence import to_details
from recovery.cases.folding import CORRECTS, STRUCK, Logged, after_entry, after_event, fold, logged
from recovery.cases.progress import Progress
from recovery.cases.step_rules import StepRules
from recovery.cases.steps import (
    SHORT,
    Action,
    Bounds,
    Conversation,
    Entry,
    FollowUp,
    Outreach,
    plain_text,
    step_of,
)
from recovery.errors import Refusal


def log_outreach(case: Case, entry: Outreach, by: str, at: datetime, rules: StepRules) -> Change:
    """One more attempt to get in touch. Raises FieldRefusal at an input, Refusal for a closed case."""
    return _logged(case, entry, EventKind.OUTREACH_LOGGED, by, at, rules)


def log_conversation(case: Case, entry: Conversation, by: str, at: datetime, rules: StepRules) -> Change:
    """A talk with the customer; it proves an outreach at its time. Raises like `log_outreach`."""
    return _logged(case, entry, EventKind.CONVERSATION_LOGGED, by, at, rules)


def commit_action(case: Case, entry: Action, by: str, at: datetime, rules: StepRules) -> Change:
    """A promise, and with it the follow-up's date. One that stands already is replaced, and stays in the history.

    Raises like `log_outreach`, and Challenged (a FieldRefusal) for what is vague and not ticked.
    """
    return _logged(case, entry, EventKind.ACTION_COMMITTED, by, at, rules)


def log_follow_up(case: Case, entry: FollowUp, by: str, at: datetime, rules: StepRules) -> Change:
    """What became of the action. Broken asks for a new one, slipped moves it. Raises like `log_outreach`."""
    return _logged(case, entry, EventKind.FOLLOW_UP_LOGGED, by, at, rules)


def partner_done(case: Case, note: str, by: str, at: datetime) -> Change:
    """The functional partner says that the action is done; the owner still asks the customer."""
    return _partner_says(case, EventKind.ACTION_DONE, plain_text("note", note, SHORT, ""), by, at)


def partner_slips(case: Case, note: str, by: str, at: datetime) -> Change:
    """The functional partner says that the date won't hold, and why; the owner gives the new one."""
    return _partner_says(case, EventKind.ACTION_SLIPPING, plain_text("note", note, SHORT, "why it slips"), by, at)


def correct(
    case: Case,
    history: Sequence[Event],
    number: int,
    entry: Entry,
    reason: str,
    by: str,
    at: datetime,
    rules: StepRules,
) -> Change:
    """Put right what was logged; the old stays in the history, the progress is as if logged right at first.

    `history` is complete, `number` the version of the case that the wrong entry made (`correctable` lists them).
    `reason` may be empty. Raises FieldRefusal at an input; Refusal if the rest of the history can't stand on it.
    """
    was = _correctable(case, history, number)
    old = _entry_of(was)
    if step_of(entry) is not step_of(old):
        raise Refusal("One step can't be corrected into another. Strike this one out and log the other.")
    if isinstance(entry, Action) and isinstance(old, Action) and entry.happened_at is None:
        entry = replace(entry, happened_at=old.happened_at)
    bounds = Bounds(rules, case.submitted_at, at, was.at)
    clean = entry.checked(bounds)
    if clean == old:
        raise Refusal("Nothing is different from what was logged.")
    if isinstance(clean, Action):
        check_commitment(clean, bounds.today, rules)
    details = {**to_details(clean), CORRECTS: str(number)}
    event = Event(
        EventKind.CORRECTED,
        by,
        at,
        before=_summary(old),
        after=_summary(clean),
        note=plain_text("reason", reason, SHORT, ""),
        details=details,
    )
    return _refolded(case, history, event, rules)


def strike(
    case: Case, history: Sequence[Event], number: int, reason: str, by: str, at: datetime, rules: StepRules
) -> Change:
    """Take out what was logged by mistake, such as on the wrong case; it stays in the history."""
    was = _correctable(case, history, number)
    event = Event(
        EventKind.CORRECTED,
        by,
        at,
        before=_summary(_entry_of(was)),
        note=plain_text("reason", reason, SHORT, "why this is taken out"),
        details={"step": step_of(was.original).value, CORRECTS: str(number), STRUCK: "yes"},
    )
    return _refolded(case, history, event, rules)


def correctable(history: Sequence[Event]) -> tuple[Logged, ...]:
    """List the entries that can be corrected, in the order of logging."""
    return tuple(each for each in logged(history) if each.entry is not None)


def _logged(case: Case, entry: Entry, kind: EventKind, by: str, at: datetime, rules: StepRules) -> Change:
    refuse_closed(case)
    bounds = Bounds(rules, case.submitted_at, at, at)
    clean = entry.checked(bounds)
    if isinstance(clean, Action):
        check_commitment(clean, bounds.today, rules)
    event = Event(
        kind, by, at, before=_before(case, clean), after=_summary(clean), note=_said(clean), details=to_details(clean)
    )
    progress = after_entry(case.progress, clean, rules)
    return Change(replace(case, progress=progress), event, restarts_action=progress.breaks > case.progress.breaks)


def _partner_says(case: Case, kind: EventKind, note: str, by: str, at: datetime) -> Change:
    refuse_closed(case)
    action = case.progress.action
    if action is None or not case.progress.action_stands:
        raise Refusal("There is no action on this case at the moment.")
    event = Event(kind, by, at, before=action.due.isoformat(), note=note)
    return Change(replace(case, progress=after_event(case.progress, event)), event)


def _correctable(case: Case, history: Sequence[Event], number: int) -> Logged:
    refuse_closed(case)
    for each in correctable(history):
        if each.number == number:
            return each
    raise Refusal("This isn't a step that can be corrected; it may have been struck out meanwhile.")


def _entry_of(was: Logged) -> Entry:
    return was.original if was.entry is None else was.entry


def _refolded(case: Case, history: Sequence[Event], event: Event, rules: StepRules) -> Change:
    try:
        progress = fold([*history, event], rules)
    except Refusal as unfit:
        raise Refusal(f"A later follow-up doesn't fit this: {unfit.sentence}") from None
    return _carried_over(Change(replace(case, progress=progress), event), case.progress)


def _carried_over(change: Change, was: Progress) -> Change:
    """The change with what the history alone doesn't tell, unless the correction is about just that.

    The deadline of a new action counts the pauses since the break and the hours of its owner. Cases from before
    reopenings were counted keep their count, and with it what was said of them.
    """
    now = replace(change.case.progress, reopened=was.reopened)
    restarts = now.action_again_due is not None
    if restarts and was.action_again_due is not None and was.follow_up_at == now.follow_up_at:
        now = replace(now, action_again_due=was.action_again_due, action_again_why=was.action_again_why)
        restarts = False
    return replace(change, case=replace(change.case, progress=now), restarts_action=restarts)


def _summary(entry: Entry) -> str:
    """The one word of the entry that a line in the thread turns on."""
    match entry:
        case Outreach():
            return entry.result.value
        case Conversation():
            return entry.root_cause
        case Action():
            return entry.kind.value
        case FollowUp():
            return entry.result.value


def _said(entry: Entry) -> str:
    match entry:
        case Outreach():
            return entry.note
        case Conversation():
            return entry.sentence
        case Action():
            return entry.deliverable
        case FollowUp():
            return entry.evidence


def _before(case: Case, entry: Entry) -> str:
    """What the entry moves: the date of a slipped action, the kind of one that is replaced."""
    action = case.progress.action
    if action is None:
        return ""
    if isinstance(entry, FollowUp):
        return action.due.isoformat()
    return action.kind.value if isinstance(entry, Action) else ""
