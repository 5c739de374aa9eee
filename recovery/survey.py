"""What a customer answered. Playbook, section 1; nothing here knows which tool sent it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from recovery.errors import Refusal


class Category(StrEnum):
    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


def category_of(score: int) -> Category:
    """The category of a score from 0 to 10; never taken from a vendor (playbook, section 1)."""
    if not 0 <= score <= 10:
        raise Refusal(f"A score is a whole number from 0 to 10, not {score}.")
    if score >= 9:
        return Category.PROMOTER
    return Category.PASSIVE if score >= 7 else Category.DETRACTOR


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answered. `key` identifies the person over surveys: the e-mail in lower case, else the tool's id."""

    key: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The company of the contact, as far as the answer or an import tells. Money in the policy's currency.

    `key` is the CRM's account id, else the name folded to lower case.
    """

    key: str
    name: str
    acv: Decimal | None = None
    renewal_date: date | None = None
    segment: str = ""
    csm_email: str = ""
    plan: str = ""
    region: str = ""
    customer_since: date | None = None


@dataclass(frozen=True, slots=True)
class SurveyResponse:
    """One answer to an NPS question, as one delivery tells it.

    `version_at` is the tool's own time of this version (update time), by which an older delivery
    is told from a newer one; `responded_at` is when the customer submitted and starts the clock.
    Both aware UTC. `programme` is a hint from the tool; the policy decides.
    """

    source: str
    response_id: str
    score: int
    responded_at: datetime
    version_at: datetime
    contact: Contact
    verbatim: str = ""
    account: Account | None = None
    role: str = ""
    surface: str = ""
    survey_id: str = ""
    survey_name: str = ""
    programme: str = ""
    permalink: str = ""
    follow_up_requested: bool = False
    test: bool = False

    @property
    def category(self) -> Category:
        return category_of(self.score)
