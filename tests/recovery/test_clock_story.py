"""Whatever people do and however often the clock stands still: no alarm is lost, none doubled, one spoken at a ring."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from recovery.cases import case as holding
from recovery.cases.case import Case, Change, Event, EventKind, Outcome, State
from recovery.cases.closing import close, reopen
from recovery.cases.ladder import commit_action, log_conversation, log_follow_up, log_outreach
from recovery.cases.rungs import Rung, RungState, ladder_view
from recovery.cases.step_rules import step_rules
from recovery.cases.steps import FollowUp, FollowUpResult, OutreachResult, Step
from recovery.clock.alarms import Alarm, Due, Level, Raised, due_now, is_current, next_at
from recovery.clock.calendar import Span
from recovery.clock.pauses import waiting
from recovery.clock.quiet import speak_at
from recovery.clock.sla import Calendars, moment, retimed
from recovery.clock.waiting import pause, resume, snooze
from recovery.errors import Refusal
from recovery.policy.file import Policy, load_policy
from tests.recovery.policies import SOUND, calendar
from tests.recovery.step_values import CALLED, CASE, DAY, HOUR, OPENED, PROMISE, SPOKE, SUBMITTED, Book

LONDON = calendar(**{day: ["09:00-12:30", "13:30-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")})
KOLKATA = calendar("Asia/Kolkata", **{day: ["10:00-19:00"] for day in ("mon", "tue", "wed", "thu", "sat")})
HOURS_OF = {"U0PRIYA": LONDON, "U0JEN": KOLKATA, "": LONDON}
# One lives elsewhere than her hours say, of the other nothing is known.
ZONES = {"U0PRIYA": ZoneInfo("America/Los_Angeles")}
POLICIES: tuple[Policy, ...] = tuple(
    load_policy(SOUND.replace('outreach = "48h"\n', f'outreach = "{outreach}"\n') + more)
    for outreach, more in (
        ("48h", ""),
        ("16 business hours", '[quiet]\nhours = ""\n'),
        ("4h", '[escalation]\nnudge_at = []\nexecutive_after = "1h"\nrepeat_every = "2h"\nmost_repeats = 1\n'),
        ("30h", "[escalation]\nnudge_at = [90]\nidle_ask_at = 1\nidle_release_at = 2\nmost_repeats = 0\n"),
        (
            "100h",
            '[escalation]\nidle_ask_at = 0\nexecutive_after = "1 minute"\n[pause]\nlongest = "1d"\nmost_days = 1\n',
        ),
    )
)

people = st.sampled_from(["U0PRIYA", "U0JEN"])
# Minutes and half-hours put rings beside each other, hundreds of hours put whole ladders into one ring.
spells = st.sampled_from([timedelta(minutes=1), HOUR / 2, HOUR, 5 * HOUR, DAY, 60 * HOUR, 400 * HOUR])
lateness = st.sampled_from([timedelta(0), timedelta(0), timedelta(seconds=1), timedelta(minutes=3)])
Key = tuple[Step, Level, int]
ORDER = list(Step)
RANK = [Level(name) for name in ("nudge", "urge", "idle", "idle_release", "breach", "executive", "again")]
ACCUSING = {Level.BREACH, Level.EXECUTIVE, Level.AGAIN}


class ClockStory(RuleBasedStateMachine):
    """One case, its timer and the worker that rings it; the worker may be down for any time."""

    @initialize(policy=st.sampled_from(POLICIES), owned=st.booleans(), late=st.sampled_from([0, 0, 30, 300]))
    def a_case_is_opened(self, policy: Policy, owned: bool, late: int) -> None:
        """`late`: hours between the answer and the case, as with an import."""
        self.policy = policy
        self.programme = policy.programmes["relational"]
        self.rules = step_rules(policy, self.programme)
        self.now = SUBMITTED + late * HOUR
        self.raised: list[Raised] = []
        self.spoken: set[Key] = set()
        # By step and which time it is due: how often the deadline moved past the last word, and when that was.
        self.words: dict[tuple[Step, int], tuple[int, datetime]] = {}
        self.missed: set[tuple[Step, int, datetime]] = set()
        self.timer: datetime | None = None
        self.is_up = True
        opened = replace(
            CASE, state=State.OPEN, owner="", assigned_at=None, opened_at=self.now, flagged_at=self.now, sla=CASE.sla
        )
        self.book = Book(opened, replace(OPENED, at=self.now))
        self._retime()
        if owned:
            self._change(lambda case: holding.claim(case, "U0PRIYA", self.now))
        self._follow()

    # What happens ----------------------------------------------------------------------------------------------------

    @rule(spell=spells, late=lateness)
    def time_passes(self, spell: timedelta, late: timedelta) -> None:
        """The worker rings at each moment of the timer, or somewhat later."""
        until = self.now + spell
        while self.is_up and self.timer is not None and self.timer + late <= until:
            self.now = max(self.now, self.timer + late)
            self._ring()
        self.now = until

    @rule()
    def the_worker_dies_or_is_back(self) -> None:
        self.is_up = not self.is_up

    @rule()
    def two_replicas_ring_at_once(self) -> None:
        """Also when no timer said so. The second one finds that everything is said."""
        if self.is_up:
            self._ring()
            assert self._due().raises == ()

    @rule(to=people, how=st.sampled_from(["claims", "is given", "gives back"]))
    def the_case_changes_hands(self, to: str, how: str) -> None:
        act = {
            "claims": lambda case: holding.claim(case, to, self.now),
            "is given": lambda case: holding.assign(case, to, "U0MARCUS", self.now),
            "gives back": lambda case: holding.release(case, to, self.now),
        }[how]
        self._change(act)

    @rule(result=st.sampled_from([OutreachResult.BOUNCED, OutreachResult.BOUNCED, OutreachResult.REACHED]))
    def someone_reaches_out(self, result: OutreachResult) -> None:
        entry = replace(CALLED, happened_at=self.now, result=result)
        self._change(lambda case: log_outreach(case, entry, "U0JEN", self.now, self.rules))

    @rule(talk=st.booleans(), promise=st.booleans(), days=st.sampled_from([1, 60]))
    def someone_moves_on(self, talk: bool, promise: bool, days: int) -> None:
        if talk:
            spoke = replace(SPOKE, happened_at=self.now)
            self._change(lambda case: log_conversation(case, spoke, "U0JEN", self.now, self.rules))
        if promise:
            due = (self.now + days * DAY).date()
            action = replace(PROMISE, due=due, challenged=(due.isoformat(),))
            self._change(lambda case: commit_action(case, action, "U0JEN", self.now, self.rules))

    @rule(result=st.sampled_from([FollowUpResult.SLIPPED, FollowUpResult.BROKEN]), days=st.sampled_from([1, 30]))
    def someone_follows_up(self, result: FollowUpResult, days: int) -> None:
        action = self.book.case.progress.action
        new_due = max(self.now.date(), action.due if action else self.now.date()) + timedelta(days=days)
        entry = FollowUp(result, self.now, "Dana said so.", new_due if result is FollowUpResult.SLIPPED else None)
        self._change(lambda case: log_follow_up(case, entry, "U0JEN", self.now, self.rules))

    @rule(spell=spells)
    def someone_pauses(self, spell: timedelta) -> None:
        rules = self.policy.pause
        self._change(lambda case: pause(case, self.now + spell, "On holiday.", "U0JEN", self.now, rules))

    @rule()
    def someone_resumes(self) -> None:
        self._change(lambda case: resume(case, "U0JEN", self.now))

    @rule(spell=spells)
    def someone_snoozes(self, spell: timedelta) -> None:
        rules = self.policy.pause
        self._change(lambda case: snooze(case, self.now + spell, "At a fair.", "U0JEN", self.now, rules))

    @rule(place=st.integers(1, 3))
    def someone_acknowledges(self, place: int) -> None:
        """One of the last that was said, as people see no others."""
        unanswered = [each for each in self.raised if each.acknowledged_at is None and each.key in self.spoken]
        if len(unanswered) >= place:
            chosen = unanswered[-place]
            answered = replace(chosen, acknowledged_at=self.now, acknowledged_by="U0ELENA")
            self.raised = [answered if each is chosen else each for each in self.raised]
            self._follow()

    @rule(step=st.sampled_from(["assign", "outreach", "conversation"]), hours=st.sampled_from([-30, 2, 30, 200]))
    def another_policy_is_applied(self, step: str, hours: int) -> None:
        """Or something becomes known of the customer: a step is due in so many hours from here on, or was due."""
        if self.book.case.state is State.CLOSED:
            return
        limit = max((self.now - SUBMITTED) // HOUR + hours, 1)
        event = Event(EventKind.RETIMED, "winback", self.now)
        self._change(lambda case: Change(replace(case, sla=replace(case.sla, **{step: f"{limit}h"})), event))

    @precondition(lambda self: len(self.raised) > 4)
    @rule()
    def the_case_is_closed_or_reopened(self) -> None:
        if self.book.case.state is State.CLOSED:
            self._change(lambda case: reopen(case, "They came back.", "U0MARCUS", self.now))
        else:
            self._change(lambda case: close(case, Outcome.CHURNED, "They left.", "U0JEN", self.now, self.rules))

    # What is kept ----------------------------------------------------------------------------------------------------

    def _change(self, act: Callable[[Case], Change]) -> None:
        """Saved as the flows do it: with new deadlines where they moved, and the timer set with it."""
        try:
            change = act(self.book.case)
        except Refusal:
            return
        self.book.save(change)
        self._retime()
        self._follow()

    def _retime(self) -> None:
        self.book.case = retimed(self.policy, self.programme, self._calendars(), self.book.case)

    def _follow(self) -> None:
        self.timer = next_at(self.policy, self._calendars(), self.book.case, self.raised, self.now)

    def _calendars(self) -> Calendars:
        owner = self.book.case.owner
        return Calendars(LONDON, HOURS_OF[owner], ZONES.get(owner))

    def _due(self) -> Due:
        return due_now(self.policy, self._calendars(), self.book.case, self.raised, self.now)

    def _ring(self) -> None:
        case, due = self.book.case, self._due()
        self._check(case, due)
        self._accuse(case, due)
        self.raised += [Raised(*alarm.key, raised_at=self.now) for alarm in due.raises]
        if due.speak:
            self.spoken.add(due.speak.key)
        if due.release:
            self._change(lambda case: holding.release(case, "winback", self.now, "Nobody has tried yet."))
        self._follow()
        # It rings at once again only for what the release made due.
        assert due.release or self.timer is None or self.timer > self.now

    def _check(self, case: Case, due: Due) -> None:
        """One ring: all that passed and nothing else, nothing twice, and the highest of it is spoken."""
        keys = [alarm.key for alarm in due.raises]
        assert len(set(keys)) == len(keys)
        assert set(keys) == self._passed(case) - {each.key for each in self.raised}
        assert all(alarm.due_at <= self.now for alarm in due.raises)
        assert due.release == (Level.IDLE_RELEASE in {alarm.level for alarm in due.raises})
        loud = [alarm for alarm in due.raises if not self._is_noise(case, alarm)]
        highest = max((RANK.index(alarm.level) for alarm in loud), default=None)
        if due.speak is None:
            assert highest is None or RANK[highest] is Level.IDLE_RELEASE
        else:
            assert due.speak in loud
            assert due.speak.level is not Level.IDLE_RELEASE
            assert highest == RANK.index(due.speak.level)
            peers = [ORDER.index(alarm.step) for alarm in loud if alarm.level is due.speak.level]
            assert ORDER.index(due.speak.step) == min(peers)

    def _accuse(self, case: Case, due: Due) -> None:
        """Nobody hears that something is late before its deadline, or twice that it was missed."""
        deadlines = {rung.step: rung.due_at for rung in _open(case)}
        late = {alarm.step: alarm for alarm in due.raises if alarm.level in ACCUSING}
        for step in late:
            deadline, this = deadlines[step], self._occurrence(case, step)
            assert deadline is not None
            assert deadline <= self.now
            if Level.BREACH in {alarm.level for alarm in due.raises if alarm.step is step}:
                assert (step, this, deadline) not in self.missed
                self.missed.add((step, this, deadline))
            self.words[step, this] = self._moves(step, this, deadline), self.now

    def _moves(self, step: Step, this: int, deadline: datetime) -> int:
        """How often people were told of a deadline of this step, which then moved to after the last they heard."""
        moves, last = self.words.get((step, this), (0, deadline))
        return moves + (last < deadline)

    def _is_noise(self, case: Case, alarm: Alarm) -> bool:
        late = [ORDER.index(rung.step) for rung in _open(case) if rung.due_at and rung.due_at <= self.now]
        return alarm.level in {Level.NUDGE, Level.URGE} and any(step <= ORDER.index(alarm.step) for step in late)

    def _spans(self, case: Case) -> tuple[Span, ...]:
        return waiting(case.progress.pauses, self.policy.pause.most)

    def _is_silent(self, case: Case) -> bool:
        snoozed_until = case.progress.snoozed_until
        is_paused = any(start <= self.now < end for start, end in self._spans(case))
        return is_paused or bool(snoozed_until and self.now < snoozed_until)

    def _passed(self, case: Case) -> set[Key]:
        """What must have been raised by now and not before, told from the case alone, blind to the code under test."""
        if self._is_silent(case):
            return set()
        found = set[Key]()
        for rung in _open(case):
            if rung.due_at is None:
                continue
            found |= self._passed_of(case, rung.step, rung.due_at)
            if rung.step is Step.OUTREACH:
                found |= self._passed_of_idle(case, rung.due_at)
        return found

    def _passed_of(self, case: Case, step: Step, deadline: datetime) -> set[Key]:
        rules, this = self.policy.escalation, self._occurrence(case, step)
        raised = {each.key: each for each in self.raised}
        found = set[Key]()
        for level, percent in zip((Level.NUDGE, Level.URGE), rules.nudge_at, strict=False):
            at = moment(self.policy, self._calendars(), case, step, percent)
            if step is not Step.FOLLOW_UP and at is not None and at <= self.now:
                found.add((step, level, this))
        this += 100_000 * self._moves(step, this, deadline)
        if deadline <= self.now:
            found.add((step, Level.BREACH, this))
        begins = [deadline, case.flagged_at, *_restarts(case, raised.get((step, Level.BREACH, this)))]
        if max(at for at in begins if at) + rules.executive_after.amount <= self.now:
            found.add((step, Level.EXECUTIVE, this))
        before = raised.get((step, Level.EXECUTIVE, this))
        for repeat in range(1, rules.most_repeats + 1):
            key = (step, Level.AGAIN, this * 10 + repeat)
            if before is None:
                break
            since = [before.raised_at, *_restarts(case, before)]
            if max(at for at in since if at) + rules.repeat_every.amount <= self.now:
                found.add(key)
            before = raised.get(key)
        return found

    def _passed_of_idle(self, case: Case, deadline: datetime) -> set[Key]:
        rules, progress = self.policy.escalation, case.progress
        if not case.owner or progress.held_since is None or progress.attempts or not rules.idle_ask_at:
            return set()
        left = self._counted(case, progress.held_since, deadline)
        if left < 2 * HOUR:
            return set()
        used = self._counted(case, progress.held_since, self.now)
        key, found = (Step.OUTREACH, Level.IDLE, progress.hands), set[Key]()
        if used >= left * rules.idle_ask_at / 100:
            found.add(key)
        asked = next((each for each in self.raised if each.key == key), None)
        if asked and not asked.acknowledged_at and key in self.spoken and used >= left * rules.idle_release_at / 100:
            hours = self._calendars().owner
            zone = ZONES.get(case.owner, hours.zone_info)
            heard_at = speak_at(self.policy.quiet, hours, zone, asked.raised_at, critical=False)
            if heard_at + HOUR <= self.now:
                found.add((Step.OUTREACH, Level.IDLE_RELEASE, progress.hands))
        return found

    def _occurrence(self, case: Case, step: Step) -> int:
        progress, history = case.progress, self.book.history
        back = [each for each in history if each.kind is EventKind.REOPENED and each.after == State.OPEN]
        return {
            Step.ASSIGN: progress.hands + len(back),
            Step.ACTION: progress.breaks,
            Step.FOLLOW_UP: 100 * progress.commitments + progress.slips,
        }.get(step, 0)

    def _counted(self, case: Case, start: datetime, end: datetime) -> timedelta:
        """Clock time less waiting."""
        waited = (max(min(closes, end) - max(opens, start), timedelta(0)) for opens, closes in self._spans(case))
        return max(end - start, timedelta(0)) - sum(waited, timedelta(0))

    # What always holds -----------------------------------------------------------------------------------------------

    @invariant()
    def no_alarm_is_lost(self) -> None:
        """By the next ring, which the timer gives, everything that passed unheard is raised."""
        if not self.is_up:
            return
        if self.timer is not None and self.timer <= self.now:
            self._ring()
            if self.timer is not None and self.timer <= self.now:
                self._ring()
        assert self.timer is None or self.timer > self.now
        case = self.book.case
        missing = self._passed(case) - {each.key for each in self.raised}
        assert not missing, f"{missing} never rang"
        if not self._is_silent(case):
            told = {each.step for each in self.raised if each.level in ACCUSING and is_current(case, each)}
            late = {rung.step: bool(rung.due_at and rung.due_at <= self.now) for rung in _open(case)}
            assert late == {step: step in told for step in late}, "they were told of another deadline than they see"

    @invariant()
    def none_is_doubled(self) -> None:
        assert len({each.key for each in self.raised}) == len(self.raised)

    @invariant()
    def the_timer_is_that_of_the_case(self) -> None:
        """However long ago it was set: nothing but a change moves it, so no beat has to look at cases."""
        case = self.book.case
        now = next_at(self.policy, self._calendars(), case, self.raised, self.now)
        if self.timer is not None and self.timer > self.now:
            assert now == self.timer
        assert (now is None) == (self.timer is None)

    @invariant()
    def a_closed_case_is_silent(self) -> None:
        if self.book.case.state is State.CLOSED:
            assert self.timer is None
            assert self._due().raises == ()


def _open(case: Case) -> list[Rung]:
    needed = {RungState.DUE, RungState.OVERDUE}
    return [
        rung for rung in ladder_view(case, case.submitted_at) if rung.step is not Step.FLAG and rung.state in needed
    ]


def _restarts(case: Case, raised: Raised | None) -> list[datetime | None]:
    return [case.progress.held_since, raised.acknowledged_at if raised else None]


ClockStory.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestClockStory = ClockStory.TestCase
