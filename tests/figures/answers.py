"""Answers as survey tools send them over the years: new, changed, late, twice, of people who turn out to be others."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.flows.cases.intake import take_in
from bot.house import House
from recovery.policy.file import Policy, load_policy
from recovery.survey import Account, Contact, SurveyResponse
from store.engine import Tx
from store.figures import tallies
from tests.support.story import POLICY as FILE

POLICY = load_policy(FILE.read_text("utf-8"))
FIRST = datetime(2025, 2, 1, tzinfo=UTC)
DAYS = 700
ROLES = ("", "Admin", " admin ", "CFO", "Straße", "end user")
SURFACES = ("", "Web", "mobile")
SEGMENTS = ("", "Enterprise", "enterprise ", "Mid-Market", "Nobody knows it", "SMB")


class Answering:
    """One random story; the same for the same seed."""

    def __init__(self, seed: int, people: int = 12, companies: int = 4) -> None:
        self.random = random.Random(seed)
        self._people = people
        self._companies = companies
        self._said: list[SurveyResponse] = []

    async def act(self, tx: Tx, policy: Policy) -> None:
        """One thing that happens to answers or accounts."""
        chance = self.random.random()
        if chance < 0.15:
            await tallies.keep_account(tx, policy, self.account())
            return
        answer = self.changed(self.random.choice(self._said)) if chance < 0.45 and self._said else self.answer()
        self._said.append(answer)
        await take_in(tx, House(policy), answer, tx.now, open_cases=self.random.random() < 0.3)

    def account(self) -> Account:
        """What somebody knows of one of the companies now; empty where they don't."""
        pick = self.random.choice
        number = self.random.randrange(self._companies)
        return Account(
            f"acc-{number}",
            f"Company {number}",
            acv=pick((None, Decimal(0), Decimal("9999.99"), Decimal(10000), Decimal(60000), Decimal(900000))),
            segment=pick(SEGMENTS),
            csm_email=pick(("", "Priya@acme.example", "jen@acme.example")),
            plan=pick(("", "Scale", "scale", "Team")),
            region=pick(("", "EMEA", "APAC")),
            customer_since=pick((None, date(2024, 8, 31), date(2025, 6, 1), date(2027, 1, 1))),
        )

    def answer(self) -> SurveyResponse:
        pick = self.random.choice
        at = FIRST + timedelta(days=self.random.randrange(DAYS), seconds=self.random.choice((0, 86399)))
        return SurveyResponse(
            source="csv",
            response_id=f"r{len(self._said)}",
            score=self.random.randrange(11),
            responded_at=at,
            version_at=at,
            contact=self._contact(),
            account=pick((None, self.account())),
            role=pick(ROLES),
            surface=pick(SURFACES),
            programme=pick(("relational", "onboarding")),
            verbatim=pick(("", "It never worked.")),
        )

    def changed(self, answer: SurveyResponse) -> SurveyResponse:
        """Another version of an answer: newer, older, or the same once more."""
        later = timedelta(hours=self.random.choice((-5, 0, 5, 50)))
        changes = [
            {"score": self.random.randrange(11)},
            {"responded_at": answer.responded_at + timedelta(days=self.random.choice((-120, -1, 1)))},
            {"contact": self._contact()},
            {"account": self.account()},
            {"account": None},
            {"role": self.random.choice(ROLES), "surface": self.random.choice(SURFACES)},
            {},
        ]
        return replace(answer, version_at=answer.version_at + later, **self.random.choice(changes))

    def _contact(self) -> Contact:
        number = self.random.randrange(self._people)
        return Contact(f"person{number}@customer.example", f"Person {number}", f"person{number}@customer.example")
