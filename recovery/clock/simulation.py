"""A dry run: what a policy would have made of answers that are there already, case by case. Nothing is sent.

The same rules as in earnest: urgency, tiers, routing, deadlines, alarms, receivers, quiet hours. What only life
knows is left out: nobody is away, has left, or has too many cases.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from recovery.cases.case import Case, Deadlines, Routing, State, Urgency, claim, release
from recovery.cases.steps import Step
from recovery.clock.alarms import Alarm, Due, Level, Raised, alarms, due_now
from recovery.clock.quiet import speak_at
from recovery.clock.receivers import Part, Receiver, receivers
from recovery.clock.sla import Calendars, due, retimed
from recovery.clock.tiers import sla_of
from recovery.policy.file import Calendar, Limit, Policy, Programme
from recovery.routing import Roster, route
from recovery.survey import Account, Category, SurveyResponse
from recovery.urgency import urgency_of

WINBACK = "winback"
IDLE_NOTE = "Taken, and nobody got in touch."
# The others, reminders and releases, are weighed against the rest of the case by recovery.clock.alarms.
SAID_BY_ITSELF = frozenset({Level.IDLE, Level.BREACH, Level.EXECUTIVE, Level.AGAIN})


@dataclass(frozen=True, slots=True)
class Acting:
    """What people do in the dry run; a limit in business hours is counted by the programme's calendar.

    `claimed_after`: who is asked first takes the case that long after its flag, or after it came back.
    `contacted_after`: somebody contacts the customer that long after the answer, and there the play of the case
    ends. None: nobody ever does.
    """

    claimed_after: Limit | None = None
    contacted_after: Limit | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An alarm that was raised at `at` (aware UTC). `spoken`: it was the most severe one of its moment."""

    step: Step
    level: Level
    at: datetime
    spoken: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One alarm as one person hears it at `at` (aware UTC), in their `zone`.

    `user` is a person as the policy or the answer writes them; for the part CHANNEL the fallback channel.
    """

    user: str
    role: Part
    case: int
    step: Step
    level: Level
    occurrence: int
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Message:
    """What one person reads at one moment (aware UTC): one notice, or several as a digest."""

    user: str
    at: datetime
    notices: tuple[Notice, ...]

    @property
    def local(self) -> datetime:
        """The moment on the reader's own clock."""
        return self.at.astimezone(self.notices[0].zone)


@dataclass(frozen=True, slots=True)
class PlayedCase:
    """A case and what became of it. `tier`: a key, "" for the ladder's limits. `asked`: who was asked first, or ""."""

    number: int
    programme: str
    tier: str
    urgency: Urgency
    asked: str
    submitted_at: datetime
    alarms: tuple[Happened, ...]
    released: int

    def raised(self, step: Step, *levels: Level) -> bool:
        """Whether an alarm of these levels was raised for the step, spoken or not."""
        return any(alarm.step is step and alarm.level in levels for alarm in self.alarms)

    def spoken(self, step: Step, *levels: Level) -> bool:
        """Whether an alarm of these levels was said."""
        return any(alarm.spoken and alarm.step is step and alarm.level in levels for alarm in self.alarms)


@dataclass(frozen=True, slots=True)
class Played:
    """The whole dry run: `cases` in the order of their answers, `messages` in the order of being said.

    `first` and `last`: when the first and the last answer came (aware UTC), None without answers. `joined`: answers
    of detractors that came to a case which was open already.
    """

    answers: int
    first: datetime | None
    last: datetime | None
    detractors: int
    joined: int
    cases: tuple[PlayedCase, ...]
    messages: tuple[Message, ...]


@dataclass(slots=True)
class _Known:
    """What the play has seen so far: accounts, how many cases a programme had, until when a contact's case is open."""

    accounts: dict[str, Account] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    open_until: dict[tuple[str, str], datetime] = field(default_factory=dict)


def play(policy: Policy, answers: Iterable[SurveyResponse], acting: Acting) -> Played:
    """Play every detractor through the policy, oldest answer first, each as if it had arrived at once.

    An answer that no programme takes is left out. A case counts as open until the last of its steps would be due
    where customers are contacted, and for ever where they aren't; an answer of the contact meanwhile joins it.
    """
    ordered = sorted(answers, key=attrgetter("responded_at", "response_id"))
    roster, known = _roster(policy, ordered), _Known()
    cases: list[PlayedCase] = []
    notices: list[Notice] = []
    taken: list[SurveyResponse] = []
    detractors = 0
    for answer in ordered:
        programme = policy.programme_for(answer)
        if programme is None:
            continue
        taken.append(answer)
        account = _known_account(known.accounts, answer.account)
        if answer.category is not Category.DETRACTOR:
            continue
        detractors += 1
        who = (answer.contact.key, programme.key)
        if who in known.open_until and answer.responded_at <= known.open_until[who]:
            continue
        turn = known.turns.get(programme.key, 0)
        game = _Game(policy, programme, answer, account, replace(roster, turn=turn), acting)
        cases.append(game.played(len(cases) + 1))
        notices += game.heard
        known.turns[programme.key] = turn + 1
        known.open_until[who] = game.open_until
    said = sorted(_messages(notices, timedelta(minutes=policy.escalation.digest_minutes)), key=attrgetter("at", "user"))
    return Played(
        answers=len(taken),
        first=taken[0].responded_at if taken else None,
        last=taken[-1].responded_at if taken else None,
        detractors=detractors,
        joined=detractors - len(cases),
        cases=tuple(cases),
        messages=tuple(said),
    )


class _Game:
    """One case from its flag to its contact, or until nothing is left to say about it."""

    def __init__(
        self,
        policy: Policy,
        programme: Programme,
        answer: SurveyResponse,
        account: Account | None,
        roster: Roster,
        acting: Acting,
    ) -> None:
        self._policy = policy
        self._programme = programme
        self._answer = answer
        self._account = account
        self._roster = roster
        self._acting = acting
        self._calendar = policy.calendar_of(programme)
        self._case = self._opened()
        self._asked = self._case.routing.user
        self._raised: list[Raised] = []
        self._happened: list[Happened] = []
        self._released = 0
        self._contact_at = self._after(answer.responded_at, acting.contacted_after)
        self.heard: list[Notice] = []

    def played(self, number: int) -> PlayedCase:
        """Let time pass: what people do, and what the clock says meanwhile, in the order of their moments."""
        self._case = replace(self._case, id=number)
        opened, claim_at = self._case, self._after(self._answer.responded_at, self._acting.claimed_after)
        at = self._answer.responded_at
        while True:
            # Nothing is snoozed or paused here, so the first alarm that is left is the next one.
            left = alarms(self._policy, self._calendars(), self._case, self._raised)
            ring = left[0].due_at if left else None
            moments = [moment for moment in (claim_at, self._contact_at, ring) if moment is not None]
            if not moments:
                break
            at = max(min(moments), at)
            if self._contact_at is not None and self._contact_at <= at:
                break
            if claim_at is not None and claim_at <= at:
                self._claim(at)
                claim_at = None
            elif self._ring(left, at):
                claim_at = self._after(at, self._acting.claimed_after)
        return PlayedCase(
            number=number,
            programme=self._programme.key,
            tier=opened.sla.tier,
            urgency=opened.urgency,
            asked=opened.routing.user,
            submitted_at=opened.submitted_at,
            alarms=tuple(self._happened),
            released=self._released,
        )

    @property
    def open_until(self) -> datetime:
        """Until when another answer of the contact joins this case."""
        if self._contact_at is None:
            return datetime.max.replace(tzinfo=self._answer.responded_at.tzinfo)
        deadlines = self._case.deadlines
        last = max(filter(None, (deadlines.outreach, deadlines.conversation, deadlines.action)))
        return max(last, self._contact_at)

    def _opened(self) -> Case:
        at = self._answer.responded_at
        urgency, why = urgency_of(self._policy, self._answer, self._account, at.date())
        case = Case(
            id=0,
            programme=self._programme.key,
            contact_id=0,
            account_id=None,
            response_id=0,
            state=State.OPEN,
            urgency=urgency,
            urgency_why=why,
            routing=self._routed(self._roster, at),
            opened_at=at,
            submitted_at=at,
            flagged_at=at,
            deadlines=Deadlines(at, at, "", ""),
            sla=sla_of(self._policy, self._programme, self._account, urgency),
        )
        return self._timed(case)

    def _routed(self, roster: Roster, at: datetime) -> Routing:
        today: date = at.astimezone(self._calendar.zone_info).date()
        return route(self._policy, self._programme, self._answer, self._account, roster, today)

    def _timed(self, case: Case) -> Case:
        return retimed(self._policy, self._programme, self._calendars_of(case), case)

    def _calendars(self) -> Calendars:
        return self._calendars_of(self._case)

    def _calendars_of(self, case: Case) -> Calendars:
        return Calendars(self._calendar, self._hours_of(case.owner) if case.owner else self._calendar)

    def _hours_of(self, user: str) -> Calendar:
        return self._policy.calendar_for([user], self._programme)

    def _after(self, start: datetime, limit: Limit | None) -> datetime | None:
        return due(self._calendar, start, limit) if limit else None

    def _claim(self, at: datetime) -> None:
        """Who is asked takes it; where the whole channel is asked, the programme's owner stands for whoever does."""
        owner = self._asked or self._roster.user(self._programme.owner)
        self._case = self._timed(claim(self._case, owner, at).case)
        self._unsaid(Step.ASSIGN, at)

    def _ring(self, left: Sequence[Alarm], at: datetime) -> bool:
        """Raise what is due, say the most of it; True when the case went back to its channel."""
        found = self._due(left, at)
        for alarm in found.raises:
            self._raised.append(Raised(alarm.step, alarm.level, alarm.occurrence, at))
            self._happened.append(Happened(alarm.step, alarm.level, at, alarm is found.speak))
        if found.speak:
            self._say(found.speak, at)
        if found.release:
            roster = replace(self._roster, released=self._case.owner)
            self._case = self._timed(release(self._case, WINBACK, at, IDLE_NOTE).case)
            self._asked = self._routed(roster, at).user
            self._released += 1
        return found.release

    def _due(self, left: Sequence[Alarm], at: datetime) -> Due:
        """What the ring raises. One that is due by itself is said, so that a quarter is played in half the time."""
        found = [alarm for alarm in left if alarm.due_at <= at]
        if len(found) == 1 and found[0].level in SAID_BY_ITSELF:
            return Due(found[0], (), release=False)
        return due_now(self._policy, self._calendars(), self._case, self._raised, at)

    def _say(self, alarm: Alarm, at: datetime) -> None:
        segment = self._policy.segment_named(self._account.segment) if self._account and self._account.segment else None
        heard_by = receivers(
            self._policy,
            self._programme,
            self._case,
            alarm.level,
            alarm.step,
            self._roster,
            segment_manager=segment.manager if segment else "",
        )
        for receiver in heard_by:
            self._tell(receiver, alarm, at)

    def _tell(self, receiver: Receiver, alarm: Alarm, at: datetime) -> None:
        hours = self._hours_of(receiver.user)
        critical = self._case.urgency is Urgency.CRITICAL
        moment = speak_at(self._policy.quiet, hours, hours.zone_info, at, critical=critical)
        if self._contact_at is None or moment < self._contact_at:
            self.heard.append(
                Notice(
                    receiver.user,
                    receiver.role,
                    self._case.id,
                    *alarm.key,
                    at=moment,
                    zone=hours.zone_info,
                )
            )

    def _unsaid(self, step: Step, at: datetime) -> None:
        """What was kept for somebody's morning and is dealt with by now isn't said any more."""
        self.heard = [notice for notice in self.heard if notice.step is not step or notice.at < at]


def _roster(policy: Policy, answers: Iterable[SurveyResponse]) -> Roster:
    """Everybody whom the policy or an account names, under that name; a user group stands for itself."""
    managers = {answer.account.csm_email.strip().lower() for answer in answers if answer.account} - {""}
    return Roster(ids={ref: ref for ref in (*policy.people(), *policy.groups(), *sorted(managers))})


def _known_account(accounts: dict[str, Account], told: Account | None) -> Account | None:
    """The account as all answers so far tell it: what this one knows replaces, what it doesn't know stays."""
    if told is None:
        return None
    before = accounts.get(told.key)
    if before is not None:
        kept = {each.name: getattr(before, each.name) for each in fields(Account) if not getattr(told, each.name)}
        told = replace(told, **kept)
    accounts[told.key] = told
    return told


def _messages(notices: Iterable[Notice], apart: timedelta) -> Iterator[Message]:
    """Put together what one person hears: the first goes at once, the next when `apart` has passed since."""
    ordered = sorted(notices, key=attrgetter("user", "at", "case"))
    for user, theirs in groupby(ordered, key=attrgetter("user")):
        waiting: list[Notice] = []
        goes_at: datetime | None = None
        free_at: datetime | None = None
        for notice in theirs:
            if goes_at is not None and notice.at > goes_at:
                yield Message(user, goes_at, tuple(waiting))
                free_at, waiting = goes_at + apart, []
            if not waiting:
                goes_at = max(notice.at, free_at) if free_at else notice.at
            waiting.append(notice)
        if goes_at is not None:
            yield Message(user, goes_at, tuple(waiting))
