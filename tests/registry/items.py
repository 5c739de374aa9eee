"""Items of the registry written out, and a house in which people plan them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from bot.house import House
from recovery.figures.case_figures import Amount
from recovery.policy.file import Policy, load_policy
from recovery.readouts.registry import Item, ItemState, Plan, Weight
from store.slack.people import Directory, Person, Place
from tests.support.story import POLICY as FILE

POLICY = load_policy(FILE.read_text("utf-8"))
MARCUS, PRIYA, AMARA, JEN, STRANGER = "U0MARCUS", "U0PRIYA", "U0AMARA", "U0JEN", "U0NOBODY"
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in New York
Q4 = 2026 * 4 + 3
PLAN = Plan(
    "Finance checks every invoice against the contract before it goes out.",
    AMARA,
    date(2026, 12, 21),
    "No invoice of January has to be corrected.",
)
ITEM = Item(
    id=7,
    programme="relational",
    theme="t-invoices",
    tag="invoices are wrong",
    quarter=Q4,
    state=ItemState.OPEN,
    opened_at=AT,
)
WEIGHT = Weight(5, 6, Amount(Decimal(410_000), 4, 1))


def house(policy: Policy = POLICY, **gone: bool) -> House:
    """Everybody in London but Marcus, the lead, in New York; `gone` names those whose account is off."""
    zones = {MARCUS: "America/New_York", PRIYA: "Europe/London", AMARA: "Europe/London", JEN: "Europe/London"}
    people = {
        user: Person(user, f"{user[2:].lower()}@acme.example", user[2:].title(), zone, deleted=user in gone)
        for user, zone in zones.items()
    }
    places = {ref: Place(ref, ref) for ref in ("C0RELATIONAL", "C0ONBOARDING")}
    members = {"C0RELATIONAL": frozenset({PRIYA, MARCUS, JEN})}
    return House(policy, Directory(people, {each.email: key for key, each in people.items()}, places, members))


def after(number: int) -> Policy:
    """The policy with another number of customers that open an item."""
    return POLICY.model_copy(update={"figures": POLICY.figures.model_copy(update={"systemic_after": number})})
