"""Comments of detractors in a database, as survey tools deliver them, and a lead who may change their themes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.flows.cases.casework import Asker
from bot.flows.cases.intake import take_in
from bot.flows.figures import themes as flows
from bot.flows.figures.themes import Searched
from bot.house import House
from recovery.figures.periods import quarter
from recovery.policy.file import load_policy
from recovery.survey import Account, Contact, SurveyResponse
from recovery.themes import find_themes
from store.engine import Database
from store.slack.people import Directory, Person, Place
from tests.support.story import POLICY as FILE

POLICY = load_policy(FILE.read_text("utf-8"))
Q4 = quarter(2026 * 4 + 3)
FIRST = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MARCUS, PRIYA = "U0MARCUS", "U0PRIYA"
LEAD, MEMBER = Asker(MARCUS, "C0RELATIONAL"), Asker(PRIYA, "C0RELATIONAL")
INVOICES = (
    "The invoice is wrong again.",
    "Invoices with a wrong amount, every time.",
    "Our invoice never shows the VAT number.",
    "The refund for the wrong invoice never came.",
)
PHONES = ("The Android app is a toy.", "Nothing works on my phone.", "The phone app can't approve anything.")


def house() -> House:
    people = {
        MARCUS: Person(MARCUS, "marcus@acme.example", "Marcus Webb", "America/New_York"),
        PRIYA: Person(PRIYA, "priya@acme.example", "Priya Raman", "Europe/London"),
    }
    places = {ref: Place(ref, ref) for ref in ("C0RELATIONAL", "C0ONBOARDING")}
    members = {"C0RELATIONAL": frozenset({PRIYA, MARCUS})}
    return House(POLICY, Directory(people, {each.email: key for key, each in people.items()}, places, members))


async def tell(db: Database, texts: Sequence[str], first: int = 0, **more: Any) -> None:
    """An answer of 2 for each text, an hour apart; every two of one account, which pays 1,000 times its number."""
    async with db.write() as tx:
        for number, text in enumerate(texts, start=first):
            company = number // 2
            fields: dict[str, Any] = {
                "score": 2,
                "responded_at": FIRST + timedelta(hours=number),
                "programme": "relational",
                "account": Account(f"acc-{company}", f"Company {company}", acv=Decimal(1000 * company) or None),
            }
            answer = SurveyResponse(
                source="csv",
                response_id=f"r{number}",
                version_at=FIRST,
                contact=Contact(f"p{number}@customer.example", f"Person {number}", f"p{number}@customer.example"),
                verbatim=text,
                **{**fields, **more},
            )
            await take_in(tx, house(), answer, tx.now)


async def searched(db: Database, programme: str = "relational") -> Searched:
    """Searched for right here: starting a process for each test would take most of its time."""
    async with db.read() as tx:
        found = await flows.gather(tx, house(), programme, Q4)
    return Searched(found, find_themes(found.verbatims, found.remembered))
