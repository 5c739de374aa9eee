"""From a case's history to its progress. Steps count by when they happened, and a correction as if made at first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.cases.case import Event, EventKind, State
from recovery.cases.evidence import from_details
from recovery.cases.progress import Commitment, PartnerWord, Progress, Verdict
from recovery.cases.step_rules import StepRules
from recovery.cases.steps import Action, Conversation, Entry, FollowUp, FollowUpResult, Outreach, OutreachResult
from recovery.clock.sla import BROKE, due, follow_up_due, why
from recovery.errors import FieldRefusal, Refusal
from recovery.moments import long_day

LOGGED = frozenset(
    {
        EventKind.OUTREACH_LOGGED,
        EventKind.CONVERSATION_LOGGED,
        EventKind.ACTION_COMMITTED,
        EventKind.FOLLOW_UP_LOGGED,
    }
)
CORRECTS = "corrects"  # in the details of a correction: the number of the event it corrects
STRUCK = "struck"  # in the details of a correction that takes the entry out


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the history as it stands now.

    `number` is its event's place in the history, from 1, which is the case's version that it made. `entry` has
    the latest correction in it and is None once struck out; `original` is what was logged first. `corrections`
    are the numbers of the events that changed it.
    """

    number: int
    by: str
    at: datetime
    original: Entry
    entry: Entry | None
    corrections: tuple[int, ...] = ()


def logged(history: Sequence[Event]) -> tuple[Logged, ...]:
    """List what was logged, in the order of logging. `history` is complete, oldest first."""
    found: dict[int, Logged] = {}
    for number, event in enumerate(history, start=1):
        if event.kind in LOGGED:
            entry = from_details(event.details)
            found[number] = Logged(number, event.actor, event.at, entry, entry)
        elif event.kind is EventKind.CORRECTED:
            corrected = int(event.details[CORRECTS])
            was = found[corrected]
            entry_now = None if STRUCK in event.details else from_details(event.details)
            found[corrected] = replace(was, entry=entry_now, corrections=(*was.corrections, number))
    return tuple(found.values())


def fold(history: Sequence[Event], rules: StepRules) -> Progress:
    """Give what the history amounts to. `history` is complete, oldest first.

    Raises Refusal if a correction has left a follow-up without the action that it was about.
    """
    entries = {each.number: each.entry for each in logged(history)}
    progress = Progress()
    for number, event in enumerate(history, start=1):
        entry = entries.get(number)
        progress = after_event(progress, event) if entry is None else after_entry(progress, entry, rules)
    return progress


def after_event(progress: Progress, event: Event) -> Progress:
    """Move on by a change that no entry stands behind: the partner's word, a verdict, a pause, other hands.

    Others change nothing.
    """
    match event.kind:
        case EventKind.ACTION_DONE:
            return replace(progress, partner_word=PartnerWord.DONE, partner_said_at=event.at)
        case EventKind.ACTION_SLIPPING:
            return replace(progress, partner_word=PartnerWord.SLIPS, partner_said_at=event.at)
        case EventKind.MEASURED:
            score = event.details.get("score", "")
            return replace(progress, verdict=Verdict(event.after), later_score=int(score) if score else None)
        case EventKind.PAUSED | EventKind.RESUMED | EventKind.SNOOZED:
            return _after_waiting(progress, event)
        case _:
            return _after_hands(progress, event)


def _after_waiting(progress: Progress, event: Event) -> Progress:
    if event.kind is EventKind.RESUMED:
        return progress.resumed(event.at)
    until = datetime.fromisoformat(event.after)
    if event.kind is EventKind.PAUSED:
        return progress.paused(event.at, until, event.note)
    return progress.snoozed(until, event.note)


def _after_hands(progress: Progress, event: Event) -> Progress:
    match event.kind:
        case EventKind.CLAIMED | EventKind.ASSIGNED:
            return progress.taken(event.at)
        case EventKind.RELEASED:
            return progress.freed(event.at)
        case EventKind.CLOSED | EventKind.WITHDRAWN:
            return progress.stirred(event.at)
        case EventKind.REOPENED:
            # Its owner, or the channel, gets it again: their time begins anew.
            return progress.taken(event.at) if event.after == State.CLAIMED else progress.returned(event.at)
        case _:
            return progress


def after_entry(progress: Progress, entry: Entry, rules: StepRules) -> Progress:
    """Move on by one checked entry. Raises FieldRefusal for a follow-up that doesn't fit the action."""
    match entry:
        case Outreach():
            return _after_outreach(progress, entry)
        case Conversation():
            return replace(
                progress,
                contacted_at=_earlier(progress.contacted_at, entry.happened_at),
                reached_at=_earlier(progress.reached_at, entry.happened_at),
                conversation_at=_earlier(progress.conversation_at, entry.happened_at),
                root_cause=entry.root_cause,
                meeting_at=None,
            )
        case Action():
            return _after_action(progress, entry, rules)
        case FollowUp():
            return _after_follow_up(progress, entry, rules)


def _after_outreach(progress: Progress, entry: Outreach) -> Progress:
    counts, answered = entry.result.counts, entry.result in {OutreachResult.REACHED, OutreachResult.MEETING_BOOKED}
    channels = progress.channels if entry.channel in progress.channels else (*progress.channels, entry.channel)
    return replace(
        progress,
        contacted_at=_earlier(progress.contacted_at, entry.happened_at) if counts else progress.contacted_at,
        reached_at=_earlier(progress.reached_at, entry.happened_at) if answered else progress.reached_at,
        attempts=progress.attempts + 1,
        channels=channels,
        meeting_at=entry.meeting_at or progress.meeting_at,
    )


def _after_action(progress: Progress, entry: Action, rules: StepRules) -> Progress:
    committed_at = entry.happened_at
    if committed_at is None:
        raise ValueError("An action is checked before it is committed; that gives it its time.")
    asked = follow_up_due(rules.calendar, committed_at, entry.due, rules.follow_up)
    return replace(
        progress,
        action=Commitment(
            kind=entry.kind,
            deliverable=entry.deliverable,
            person=entry.person,
            partner=entry.partner,
            due=entry.due,
            first_due=entry.due,
            committed_at=committed_at,
        ),
        first_committed_at=_earlier(progress.first_committed_at, committed_at),
        commitments=progress.commitments + 1,
        action_again_due=None,
        action_again_why="",
        partner_word=None,
        partner_said_at=None,
        follow_up_due=asked.at,
        follow_up_why=asked.why,
        follow_up_at=None,
        follow_up_result=None,
    )


def _after_follow_up(progress: Progress, entry: FollowUp, rules: StepRules) -> Progress:
    action = progress.action
    if action is None or not progress.action_stands:
        raise Refusal("There is no action to follow up on. Commit one first.")
    # People choose minutes, and the moment of committing has seconds.
    if entry.happened_at < action.committed_at.replace(second=0, microsecond=0):
        on = rules.words_of(action.committed_at)
        raise FieldRefusal("happened_at", f"This is before the action was committed, on {on}.")
    told = replace(progress, follow_up_at=entry.happened_at, follow_up_result=entry.result, resurvey=entry.resurvey)
    match entry.result:
        case FollowUpResult.HELD:
            return told
        case FollowUpResult.BROKEN:
            again = due(rules.calendar, entry.happened_at, rules.action)
            return replace(
                told,
                breaks=progress.breaks + 1,
                follow_up_due=None,
                follow_up_why="",
                action_again_due=again,
                action_again_why=why("New action", rules.calendar, BROKE, entry.happened_at, rules.action, again),
            )
        case FollowUpResult.SLIPPED:
            if entry.new_due is None or entry.new_due <= action.due:
                raise FieldRefusal("new_due", f"Give a date after the one that was promised, {long_day(action.due)}.")
            asked = follow_up_due(rules.calendar, action.committed_at, entry.new_due, rules.follow_up)
            return replace(
                told,
                action=replace(action, due=entry.new_due),
                slips=progress.slips + 1,
                partner_word=None,
                partner_said_at=None,
                follow_up_due=asked.at,
                follow_up_why=asked.why,
            )


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
