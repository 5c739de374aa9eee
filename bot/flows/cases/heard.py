"""An answer that somebody heard on a call or read in a channel: it counts like one from a survey tool."""

import re
from dataclasses import dataclass

from bot.flows.cases.casework import Asker
from bot.flows.cases.homepage import sees
from bot.flows.cases.intake import Taken, take_in
from bot.house import House
from recovery.cases.steps import NAME, plain_text
from recovery.errors import FieldRefusal, NotAllowed
from recovery.policy.file import Programme
from recovery.survey import Account, Contact, SurveyResponse
from store.cases import lookups, responses
from store.engine import Tx

SOURCE = "slack"
MOST_TYPED = 3_000
_SCORES = frozenset(str(score) for score in range(11))
_EMAIL = re.compile(r"[^@\s<>,;:|]+@[^@\s<>,;:|]+\.[^@\s<>,;:|.]+")
_LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Heard:
    """What stands in the window, as typed. `view_id` names the answer: the same window sent twice is one answer."""

    view_id: str
    score: str
    verbatim: str
    contact_name: str
    email: str
    programme: str
    account: str = ""


async def take(tx: Tx, house: House, heard: Heard, asker: Asker) -> Taken:
    """Keeps the answer, and opens a case where it is a detractor's. Raises FieldRefusal at an input, NotAllowed."""
    programme = _programme(house, heard, asker)
    if heard.score not in _SCORES:
        raise FieldRefusal("score", "Choose the score they gave, from 0 to 10.")
    email = heard.email.strip().lower()
    if len(email) > _LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise FieldRefusal("email", "Give an e-mail address such as dana@northwind.example.")
    contact = Contact(email, _line("contact_name", heard.contact_name, "who said it"), email)
    response = SurveyResponse(
        source=SOURCE,
        response_id=heard.view_id,
        score=int(heard.score),
        responded_at=tx.now,
        version_at=tx.now,
        contact=contact,
        verbatim=plain_text("verbatim", heard.verbatim, MOST_TYPED, "what they said, in their words"),
        account=await _account(tx, _line("account", heard.account, "")) or await responses.account_of(tx, contact.key),
        programme=programme.key,
    )
    return await take_in(tx, house, response, tx.now)


def _programme(house: House, heard: Heard, asker: Asker) -> Programme:
    programme = house.policy.programmes.get(heard.programme)
    if programme is None:
        raise FieldRefusal("programme", "Choose one of the list.")
    if not sees(house, programme, asker.user):
        raise NotAllowed(f"Only people of the programme {programme.name} log answers for it. Choose another.")
    return programme


async def _account(tx: Tx, name: str) -> Account | None:
    """The account of this name as we know it, or a new one."""
    if not name:
        return None
    return Account(await lookups.key_of_account(tx, name) or name.casefold(), name)


def _line(field: str, text: str, what: str) -> str:
    return " ".join(plain_text(field, text, NAME, what).split())
