"""Random but lawful data: answers, and cases whose progress is what the rules make of their history. By seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from recovery.cases.case import Case, Event, EventKind, Outcome, Routing, Sla, State, Urgency, ended
from recovery.cases.evidence import to_details
from recovery.cases.folding import after_entry, after_event
from recovery.cases.progress import Progress
from recovery.cases.saved import LaterAnswer, measure, verdict
from recovery.cases.step_rules import StepRules, step_rules
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
)
from recovery.clock.sla import deadlines
from recovery.policy.file import Kind, Policy, load_policy
from recovery.survey import category_of
from store.cases.case_rows import values_of, values_of_event
from store.engine import Tx
from store.tables import accounts, alarms, cases, contacts, events, responses
from tests.recovery.policies import SOUND

NOW = datetime(2026, 11, 23, 9, 0, 0, 250_001, tzinfo=UTC)
HOUR, DAY, INSTANT = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
PROGRAMMES = ("relational", "support", "retired")
ROOTS = ("onboarding", "support", "billing")
OWNERS = ("U0PRIYA", "U0JEN")
HOSTILE = (
    *("", "NULL", "+1", "-2+3", "@SUM(A1)", "\t=1", "'quoted'", "''", "\uff1d1+1", "  =1", "a,b;c\td|e"),
    *('=HYPERLINK("http://x.example","click")', 'He said "no", then\nleft; "twice"', 'ends in a quote"'),
    *("Unzufrieden, schade", "\u30b5\u30dd\u30fc\u30c8\u304c\u9045\u3044 \U0001f641", "x" * 5000),
)


def policy_of(seed: int) -> Policy:
    """The sound policy, with figures of its own: another fiscal year, other bands, what is enough."""
    chance = random.Random(f"policy {seed}")
    return load_policy(
        f'{SOUND}\n[pause]\nmost_days = {chance.randint(1, 8)}\nlongest = "1 day"\n[figures]\n'
        f"fiscal_year_starts = {chance.randint(1, 12)}\nenough_in_group = {chance.randint(1, 6)}\n"
        f"acv_bands = {chance.choice(['[10000, 50000, 250000]', '[1]', '[100, 50000]'])}\n"
    )


@dataclass(slots=True)
class Data:
    """Makes one data set. The shape of the answers is chosen first: none, one, only promoters, none unhappy, many."""

    seed: int
    policy: Policy
    chance: random.Random = field(init=False)
    step_rules: StepRules = field(init=False)
    ids: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.ids = iter(range(1, 10**9))
        programme = self.policy.programmes["relational"]
        self.step_rules = step_rules(self.policy, programme)

    async def fill(self, tx: Tx) -> None:
        """Write everything."""
        people, companies = self._contacts(), self._accounts()
        for table, rows in ((contacts, people), (accounts, companies)):
            await self._insert(tx, table, rows)
        answers = self._answers(people, companies)
        await self._insert(tx, responses, answers)
        histories = [self._case(answer, answers) for answer in self._openers(answers)]
        await self._insert(tx, cases, [{"id": case.id, **values_of(case), "version": len(h)} for case, h in histories])
        told = [
            {"case_id": case.id, "version": number, **values_of_event(event)}
            for case, history in histories
            for number, event in enumerate(history, start=1)
        ]
        await self._insert(tx, events, told)
        await self._insert(tx, alarms, [row for case, _ in histories for row in self._alarms(case)])

    async def _insert(self, tx: Tx, table: sa.Table, rows: list[dict[str, object]]) -> None:
        if rows:
            await tx.conn.execute(sa.insert(table), rows)

    def _contacts(self) -> list[dict[str, object]]:
        count = self.chance.choice([1, 10, 60, 60])
        return [
            {"id": n, "key": f"c{n}", "name": self._text(), "email": f"c{n}@x.example"} for n in range(1, count + 1)
        ]

    def _accounts(self) -> list[dict[str, object]]:
        return [
            {
                "id": n,
                "key": f"a{n}",
                "name": self._text(),
                "acv": self.chance.choice([None, Decimal(0), Decimal(10000), Decimal("49999.99"), Decimal(250_000)]),
                "renewal_date": self.chance.choice([None, date(2027, 2, 17)]),
                "segment": self.chance.choice(["", "enterprise", " Enterprise ", "ENTERPRISE", "Small  shops", "-x"]),
                "csm_email": self.chance.choice(["", "jen@acme.example"]),
                "plan": self.chance.choice(["", "Pro", "pro ", "=plan"]),
                "region": self.chance.choice(["", "EMEA", "emea"]),
                "customer_since": self.chance.choice([None, date(2026, 2, 28), date(2025, 5, 31), date(2027, 1, 1)]),
            }
            for n in range(1, self.chance.choice([1, 3, 12]) + 1)
        ]

    def _answers(self, people: list[dict[str, object]], companies: list[dict[str, object]]) -> list[dict[str, object]]:
        count = self.chance.choices([0, 1, 2, 30, 150], [1, 1, 1, 3, 6])[0]
        any_score, unhappy = list(range(11)), [0, 2, 5, 6, 7, 9]
        scores = self.chance.choices([[10], [7, 8, 9, 10], [0], any_score, unhappy], [1, 1, 1, 5, 4])[0]
        return [self._answer(people, companies, scores) for _ in range(count)]

    def _answer(
        self, people: list[dict[str, object]], companies: list[dict[str, object]], scores: list[int]
    ) -> dict[str, object]:
        number, score = next(self.ids), self.chance.choice(scores)
        at = self._moment()
        return {
            "id": number,
            "source": "csv",
            "response_id": f"r{number}",
            "programme": self.chance.choices(PROGRAMMES, [5, 3, 1])[0],
            "contact_id": self.chance.choice(people)["id"],
            "account_id": self.chance.choice([None, *(each["id"] for each in companies)]),
            "score": score,
            "category": category_of(score).value,
            "verbatim": self._text(),
            "responded_at": at,
            "version_at": at,
            "received_at": at + HOUR,
            "role": self.chance.choice(["", "Executive", "executive ", "User", "user  admin"]),
            "surface": self.chance.choice(["", "API", "api", "Mobile"]),
            "survey_name": self._text(),
            "follow_up_requested": self.chance.random() < 0.2,
        }

    def _openers(self, answers: list[dict[str, object]]) -> list[dict[str, object]]:
        """The answers that opened a case: at most one of a contact and programme, so that none are open twice."""
        found: dict[tuple[object, object], dict[str, object]] = {}
        for answer in answers:
            if answer["category"] == "detractor" and answer["programme"] in self.policy.programmes:
                found.setdefault((answer["contact_id"], answer["programme"]), answer)
        return list(found.values())

    def _case(self, answer: dict[str, object], answers: list[dict[str, object]]) -> tuple[Case, list[Event]]:
        submitted = answer["responded_at"]
        assert isinstance(submitted, datetime)
        skipped = self.chance.choice([(), (), ("conversation",), ("conversation", "action", "follow_up")])
        sla = Sla(tier=self.chance.choice(["", "large"]), outreach="48 hours", skipped=skipped)
        programme = self.policy.programmes[str(answer["programme"])]
        opened = submitted + self._some(HOUR)
        case = Case(
            id=next(self.ids),
            programme=programme.key,
            contact_id=int(str(answer["contact_id"])),
            account_id=answer["account_id"],  # type: ignore[arg-type]
            response_id=int(str(answer["id"])),
            state=State.OPEN,
            urgency=self.chance.choice(list(Urgency)),
            urgency_why=self._text(),
            routing=Routing("", ""),
            opened_at=opened,
            submitted_at=submitted,
            deadlines=deadlines(self.policy, programme, submitted, opened, sla),
            sla=sla,
        )
        if self.chance.random() < 0.2:
            case = replace(case, deadlines=replace(case.deadlines, conversation=None))
        story = Story(case, [Event(EventKind.OPENED, "winback", opened)], self)
        story.runs()
        return self._measured(story.case, story.history, answers, programme.kind)

    def _measured(
        self, case: Case, history: list[Event], answers: list[dict[str, object]], kind: Kind
    ) -> tuple[Case, list[Event]]:
        later = [
            LaterAnswer(int(str(each["id"])), found.kind, int(str(each["score"])), each["responded_at"])  # type: ignore[arg-type]
            for each in answers
            if each["contact_id"] == case.contact_id and (found := self.policy.programmes.get(str(each["programme"])))
        ]
        change = measure(case, 0, verdict(case, kind, later), "winback", NOW)
        return (change.case, [*history, change.event]) if change else (case, history)

    def _alarms(self, case: Case) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for level in ("nudge", "breach", "executive", "again"):
            if self.chance.random() < 0.5:
                raised = case.submitted_at + self._some(9 * DAY)
                known = self.chance.random() < 0.5
                found.append(
                    {
                        "case_id": case.id,
                        "step": self.chance.choice(["outreach", "assign"]),
                        "level": level,
                        "occurrence": 0,
                        "due_at": raised,
                        "raised_at": raised,
                        "spoken": self.chance.random() < 0.7,
                        "acknowledged_at": raised + self._some(DAY) if known else None,
                        "acknowledged_by": "U0JEN" if known else "",
                    }
                )
        return found

    def _moment(self) -> datetime:
        """Some moment of the last two years; often the very edge of a month, sometimes one of another answer."""
        if self.chance.random() < 0.2:
            edge = datetime(self.chance.choice([2025, 2026]), self.chance.randint(1, 11), 1, tzinfo=UTC)
            return edge - self.chance.choice([0, 1]) * INSTANT
        if self.chance.random() < 0.1:
            return datetime(2026, 9, 1, 12, tzinfo=UTC)
        return NOW - self._some(self.chance.choice([2 * DAY, 60 * DAY, 700 * DAY]))

    def _some(self, most: timedelta) -> timedelta:
        """From an instant up to `most`, to the microsecond."""
        return timedelta(microseconds=self.chance.randint(1, most // INSTANT))

    def _text(self) -> str:
        return self.chance.choice(HOSTILE)


@dataclass(slots=True)
class Story:
    """One case from its opening on; `at` moves on with what happens, and never past now."""

    case: Case
    history: list[Event]
    data: Data

    def runs(self) -> None:
        chance = self.data.chance
        if chance.random() < 0.8:
            self.case = replace(self.case, flagged_at=self._next(2 * HOUR))
        if chance.random() < 0.8:
            self._claimed()
        for _ in range(chance.choice([0, 1, 1, 2])):
            self._outreach()
        if chance.random() < 0.5:
            self._conversation()
        for _ in range(chance.choice([0, 0, 1, 3])):
            self._pause()
        for _ in range(chance.choice([0, 1, 1, 2])):
            self._action()
        if chance.random() < 0.6:
            self._closed()

    @property
    def progress(self) -> Progress:
        return self.case.progress

    def _next(self, most: timedelta) -> datetime:
        return min(self.history[-1].at + self.data._some(most), NOW)

    def _tell(self, event: Event) -> None:
        self.history.append(event)
        self.case = replace(self.case, progress=after_event(self.progress, event))

    def _log(self, kind: EventKind, entry: Outreach | Conversation | Action | FollowUp, at: datetime) -> None:
        self.history.append(Event(kind, self.case.owner or "U0JEN", at, details=to_details(entry)))
        self.case = replace(self.case, progress=after_entry(self.progress, entry, self.data.step_rules))

    def _claimed(self) -> None:
        at, owner = self._next(DAY), self.data.chance.choice(OWNERS)
        self._tell(Event(EventKind.CLAIMED, owner, at, after=owner))
        self.case = replace(self.case, state=State.CLAIMED, owner=owner, assigned_at=at)

    def _outreach(self) -> None:
        due = self.case.deadlines.outreach
        happened = self.data.chance.choice([self._next(4 * DAY), due, due + INSTANT])
        result = self.data.chance.choice(list(OutreachResult))
        if happened <= NOW:
            self._log(EventKind.OUTREACH_LOGGED, Outreach(Channel.CALL, happened, result, "We talked."), happened)

    def _conversation(self) -> None:
        at = self._next(9 * DAY)
        told = Conversation(at, "Dana", "notes", self.data.chance.choice(ROOTS), "sentence", "wants")
        self._log(EventKind.CONVERSATION_LOGGED, told, at)

    def _pause(self) -> None:
        at = self._next(3 * DAY)
        paused = self.progress.pauses
        if at >= NOW or (paused and paused[-1].end > at):
            return
        until = at + self.data._some(2 * DAY)
        self._tell(Event(EventKind.PAUSED, self.case.owner, at, after=until.isoformat(), note="Away."))
        back = at + self.data._some(3 * DAY)
        if back < until and back <= NOW:
            self._tell(Event(EventKind.RESUMED, self.case.owner, back, before=until.isoformat()))
        elif until <= NOW:
            # The next thing happens after the pause, so that pauses are apart.
            self._tell(Event(EventKind.ROUTED, "winback", until))

    def _action(self) -> None:
        at = self._next(16 * DAY)
        if self.progress.action_stands and self.data.chance.random() < 0.5:
            return
        kind = self.data.chance.choice(list(ActionKind))
        action = Action(kind, "deliverable", "U0JEN", "U0KOFI", at.date() + 5 * DAY, happened_at=at)
        self._log(EventKind.ACTION_COMMITTED, action, at)
        due = action.due
        for _ in range(self.data.chance.choice([0, 0, 1, 2])):
            if not self.progress.action_stands or self.progress.held:
                return
            result, followed = self.data.chance.choice(list(FollowUpResult)), self._next(20 * DAY)
            due += 3 * DAY
            entry = FollowUp(result, followed, "seen", new_due=due if result is FollowUpResult.SLIPPED else None)
            self._log(EventKind.FOLLOW_UP_LOGGED, entry, followed)

    def _closed(self) -> None:
        at, outcome = self._next(30 * DAY), self.data.chance.choice(list(Outcome))
        event = Event(EventKind.CLOSED, self.case.owner or "U0JEN", at, after=outcome.value)
        self.history.append(event)
        self.case = ended(self.case, outcome, self.data._text(), at)
