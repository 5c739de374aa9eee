"""Whatever people do to a case, in whatever order: never an undefined state, a lost event, or two owners."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from recovery.cases import case as holding
from recovery.cases.case import Case, Change, Event, EventKind, Outcome, State
from recovery.cases.closing import close, reopen, why_not
from recovery.cases.evidence import to_details
from recovery.cases.folding import fold, logged
from recovery.cases.ladder import (
    commit_action,
    correct,
    log_conversation,
    log_follow_up,
    log_outreach,
    partner_done,
    partner_slips,
    strike,
)
from recovery.cases.rungs import RungState, ladder_view, next_step
from recovery.cases.saved import LaterAnswer, measure, verdict
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    Entry,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
    Step,
    step_of,
)
from recovery.clock.pauses import is_waiting, total, waiting
from recovery.clock.waiting import pause, resume, snooze
from recovery.errors import Refusal
from recovery.policy.file import Kind, PauseRules
from tests.recovery.step_values import CASE, DAY, HOUR, OPENED, PROMISE, RULES, SPOKE, SUBMITTED, Book

people = st.sampled_from(["U0PRIYA", "U0JEN", "U0MARCUS"])
# Mostly sound, so that stories get somewhere; sometimes before the submission, in the past, in the future.
ago = st.sampled_from([timedelta(0), HOUR, HOUR, 6 * HOUR, DAY, 2 * DAY, 30 * DAY, -HOUR])
ahead = st.sampled_from([-1, 0, 1, 3, 7, 9, 14, 28, 200])
notes = st.sampled_from(["What was said.", "They told us so.", "Noted.", "", "x" * 600])
steps = st.sampled_from([Step.OUTREACH, Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP])


PAUSES = PauseRules()


class AnyStory(RuleBasedStateMachine):
    """People act at random, also where it makes no sense; the clock only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        unowned = replace(CASE, state=State.OPEN, owner="", assigned_at=None)
        self.book = Book(unowned, OPENED)
        self.now = SUBMITTED + 3 * DAY
        self.owner = ""
        self.seen: list[Event] = list(self.book.history)

    def _try(self, act: Callable[[Case], Change | None]) -> Change | None:
        """One person's doing, saved as the store does it; a refusal is a sentence and changes nothing."""
        try:
            change = act(self.book.case)
        except Refusal:
            return None
        if change is not None:
            assert change.event.at == self.now
            self.book.save(change)
        return change

    @rule(hours=st.sampled_from([1, 5, 24, 100, 400]))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(by=people)
    def someone_claims(self, by: str) -> None:
        free = not self.owner and self.book.case.state is not State.CLOSED
        if change := self._try(lambda case: holding.claim(case, by, self.now)):
            assert free
            self.owner = by
            assert change.case.state is State.CLAIMED
        else:
            assert not free

    @rule(to=people, by=people)
    def someone_assigns(self, to: str, by: str) -> None:
        if self._try(lambda case: holding.assign(case, to, by, self.now)):
            self.owner = to

    @rule(by=people)
    def someone_releases(self, by: str) -> None:
        if self._try(lambda case: holding.release(case, by, self.now)):
            self.owner = ""

    @rule(
        by=people,
        ago=ago,
        channel=st.sampled_from(Channel),
        result=st.sampled_from(OutreachResult),
        note=notes,
        meeting=ahead,
    )
    def someone_reaches_out(
        self, by: str, ago: timedelta, channel: Channel, result: OutreachResult, note: str, meeting: int
    ) -> None:
        meeting_at = self.now + meeting * DAY if result is OutreachResult.MEETING_BOOKED else None
        entry = Outreach(channel, self.now - ago, result, note, meeting_at)
        attempts = self.book.case.progress.attempts
        if change := self._try(lambda case: log_outreach(case, entry, by, self.now, RULES)):
            assert channel is not Channel.AUTOMATED_EMAIL
            assert change.case.progress.attempts == attempts + 1

    @rule(by=people, ago=ago, cause=st.sampled_from([*RULES.root_causes[:4], "Bad luck"]))
    def someone_talks(self, by: str, ago: timedelta, cause: str) -> None:
        entry: Conversation = replace(SPOKE, happened_at=self.now - ago, root_cause=cause)
        if change := self._try(lambda case: log_conversation(case, entry, by, self.now, RULES)):
            contacted_at = change.case.progress.contacted_at
            assert contacted_at is not None
            assert contacted_at <= entry.happened_at

    @rule(
        by=people,
        kind=st.sampled_from(ActionKind),
        ahead=ahead,
        ago=st.none() | ago,
        vague=st.sampled_from([False, False, True]),
        ticked=st.sampled_from([True, True, False]),
    )
    def someone_promises(
        self, by: str, kind: ActionKind, ahead: int, ago: timedelta | None, vague: bool, ticked: bool
    ) -> None:
        due = self.now.date() + timedelta(days=ahead)
        text = "We can't ship it; we will look into it soon" if vague else "Kofi can't ship it before March, Ben ships."
        entry: Action = replace(
            PROMISE,
            kind=kind,
            deliverable=text,
            due=due,
            challenged=("look into", "soon", due.isoformat(), text) if ticked else (),
            happened_at=None if ago is None else self.now - ago,
        )
        if change := self._try(lambda case: commit_action(case, entry, by, self.now, RULES)):
            assert ticked or not vague
            progress = change.case.progress
            assert progress.follow_up_due is not None
            assert progress.follow_up_due > progress.first_committed_at  # type: ignore[operator] - set by the action

    @rule(by=people, result=st.sampled_from(FollowUpResult), ago=ago, ahead=ahead)
    def someone_follows_up(self, by: str, result: FollowUpResult, ago: timedelta, ahead: int) -> None:
        action = self.book.case.progress.action
        new_due = max(self.now.date(), action.due if action else date.min) + timedelta(days=ahead)
        entry = FollowUp(result, self.now - ago, "Dana said so.", new_due if result is FollowUpResult.SLIPPED else None)
        stood = self.book.case.progress.action_stands
        if change := self._try(lambda case: log_follow_up(case, entry, by, self.now, RULES)):
            assert stood
            assert change.case.progress.action_stands == (result is not FollowUpResult.BROKEN)

    @rule(done=st.booleans(), note=notes)
    def the_partner_says(self, done: bool, note: str) -> None:
        says = partner_done if done else partner_slips
        self._try(lambda case: says(case, note, "U0MARIUS", self.now))

    @rule(by=people, place=st.integers(0, 40), ago=ago, other=steps)
    def someone_corrects(self, by: str, place: int, ago: timedelta, other: Step) -> None:
        entries = [each for each in logged(self.book.history) if each.entry is not None]
        if not entries:
            return
        was = entries[place % len(entries)]
        entry: Entry = replace(was.original, happened_at=self.now - ago)
        change = self._try(
            lambda case: correct(case, self.book.history, was.number, entry, "Wrong day.", by, self.now, RULES)
        )
        if change:
            (now,) = (each for each in logged(self.book.history) if each.number == was.number)
            assert now.entry is not None
            assert now.entry.happened_at == entry.happened_at
            assert step_of(now.entry) is step_of(was.original)
            assert now.original == was.original
        # One step never becomes another.
        if other is not step_of(was.original) and other is Step.CONVERSATION:
            spoke = replace(SPOKE, happened_at=self.now)
            assert not self._try(
                lambda case: correct(case, self.book.history, was.number, spoke, "", by, self.now, RULES)
            )

    @rule(by=people, number=st.integers(0, 40), reason=notes)
    def someone_strikes_out(self, by: str, number: int, reason: str) -> None:
        self._try(lambda case: strike(case, self.book.history, number, reason, by, self.now, RULES))

    @rule(by=people, outcome=st.sampled_from(Outcome), reason=notes)
    def someone_closes(self, by: str, outcome: Outcome, reason: str) -> None:
        fits = not why_not(self.book.case, outcome, RULES)
        if change := self._try(lambda case: close(case, outcome, reason, by, self.now, RULES)):
            assert fits
            assert change.case.outcome is outcome

    @rule(by=people, reason=notes)
    def someone_reopens(self, by: str, reason: str) -> None:
        self._try(lambda case: reopen(case, reason, by, self.now))

    @rule(by=people, hours=st.sampled_from([-1, 1, 24, 100, 340]), reason=notes)
    def someone_pauses(self, by: str, hours: int, reason: str) -> None:
        owner, until = self.owner, self.now + hours * HOUR
        if change := self._try(lambda case: pause(case, until, reason, by, self.now, PAUSES)):
            assert owner
            assert is_waiting(change.case, self.now)

    @rule(by=people)
    def someone_resumes(self, by: str) -> None:
        waited = is_waiting(self.book.case, self.now)
        if change := self._try(lambda case: resume(case, by, self.now)):
            assert waited
            assert not is_waiting(change.case, self.now)

    @rule(by=people, hours=st.sampled_from([-1, 1, 24, 100]), reason=notes)
    def someone_snoozes(self, by: str, hours: int, reason: str) -> None:
        self._try(lambda case: snooze(case, self.now + hours * HOUR, reason, by, self.now, PAUSES))

    @rule(score=st.integers(0, 10), ago=ago)
    def the_customer_answers_again(self, score: int, ago: timedelta) -> None:
        answer = LaterAnswer(99, Kind.RELATIONAL, score, self.now - ago)
        found = verdict(self.book.case, Kind.RELATIONAL, [answer])
        self._try(lambda case: measure(case, 2, found, "winback", self.now))
        again = measure(self.book.case, 2, found, "winback", self.now)
        assert again is None

    @invariant()
    def the_state_is_defined(self) -> None:
        case = self.book.case
        assert case.owner == self.owner
        if case.state is State.CLAIMED:
            assert case.owner
            assert case.assigned_at
        if case.state is State.OPEN:
            assert not case.owner
        assert (case.state is State.CLOSED) == (case.outcome is not None) == (case.closed_at is not None)
        assert case.submitted_at == SUBMITTED

    @invariant()
    def who_has_the_case_since_when_is_known(self) -> None:
        case, progress = self.book.case, self.book.case.progress
        got = [EventKind.CLAIMED, EventKind.ASSIGNED]
        taken = [event for event in self.book.history if event.kind in got or event.after == State.CLAIMED]
        assert progress.hands == len(taken)
        if case.state is State.CLAIMED:
            assert progress.held_since == taken[-1].at
        if case.state is State.OPEN:
            assert progress.held_since is None

    @invariant()
    def only_an_open_case_with_an_owner_waits(self) -> None:
        case = self.book.case
        if case.state is not State.CLAIMED:
            assert not is_waiting(case, self.now)
        spans = waiting(case.progress.pauses, PAUSES.most)
        assert total(spans) <= PAUSES.most
        assert total(spans) == total(waiting(case.progress.pauses, 1000 * DAY)), "a pause was let in above the cap"

    @invariant()
    def no_event_is_lost_or_changed(self) -> None:
        history = self.book.history
        assert self.book.case.version == len(history)
        assert history[: len(self.seen)] == self.seen
        self.seen = list(history)

    @invariant()
    def the_progress_is_what_the_history_says(self) -> None:
        progress = self.book.case.progress
        assert progress == fold(self.book.history, RULES)
        entries = [each.entry for each in logged(self.book.history) if each.entry is not None]
        assert progress.attempts == sum(isinstance(entry, Outreach) for entry in entries)
        counting = [
            entry.happened_at
            for entry in entries
            if isinstance(entry, Conversation) or (isinstance(entry, Outreach) and entry.result.counts)
        ]
        assert progress.contacted_at == min(counting, default=None)
        assert progress.commitments == sum(isinstance(entry, Action) for entry in entries)
        assert (progress.follow_up_due is not None) == progress.action_stands
        for moment in (progress.contacted_at, progress.conversation_at, progress.first_committed_at):
            assert moment is None or SUBMITTED <= moment <= self.now

    @invariant()
    def a_correction_counts_as_if_logged_right(self) -> None:
        """The history without corrections, with everything logged as it stands now, gives the same progress."""
        entries = {each.number: each.entry for each in logged(self.book.history)}
        anew: list[Event] = []
        for number, event in enumerate(self.book.history, start=1):
            entry = entries.get(number)
            if entry is not None:
                anew.append(replace(event, details=to_details(entry)))
            elif number not in entries and event.kind is not EventKind.CORRECTED:
                anew.append(event)
        assert fold(anew, RULES) == self.book.case.progress

    @invariant()
    def the_ladder_can_be_shown(self) -> None:
        case = self.book.case
        rungs = ladder_view(case, self.now)
        assert [rung.step for rung in rungs] == list(Step)
        for rung in rungs:
            assert (rung.done_at is not None) == (rung.state is RungState.DONE)
            assert (rung.state is RungState.OVERDUE) <= (rung.late_by > timedelta(0))
            assert rung.due_at is None or rung.why
        following = next_step(case, self.now)
        # What comes next doesn't depend on the time of looking.
        first = next_step(case, case.submitted_at)
        assert (following and following.step) == (first and first.step)
        if case.state is State.CLOSED:
            assert following is None
            assert not {rung.state for rung in rungs} & {RungState.DUE, RungState.OVERDUE}


AnyStory.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestAnyStory = AnyStory.TestCase


def test_the_first_day_of_a_promise_can_be_the_last_of_the_calendar() -> None:
    far = replace(PROMISE, due=date(2028, 11, 24), challenged=("2028-11-24",))
    case = commit_action(CASE, far, "U0PRIYA", SUBMITTED + 4 * DAY, RULES).case
    assert case.progress.follow_up_due is not None
