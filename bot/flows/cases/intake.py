"""An answer comes in: kept, and where it is a detractor's, a case (playbook, sections 1 and 5)."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows.cases.ledger import WINBACK, measure_contact
from bot.flows.cases.rosters import roster_of, routed
from bot.flows.cases.saving import retiered, save
from bot.flows.cases.settle import settle
from bot.house import House
from bot.surfaces import CardSurface
from recovery.cases.case import Case, Change, Event, EventKind, Routing, State, Urgency
from recovery.cases.facts import facts_between, facts_changed
from recovery.clock.sla import deadlines
from recovery.clock.tiers import sla_of
from recovery.errors import UnusableAnswer
from recovery.policy.tables import Programme
from recovery.survey import Account, Category, SurveyResponse
from recovery.urgency import urgency_of
from store.cases import cases, responses
from store.cases.responses import Stored
from store.engine import Tx
from store.figures import tallies
from store.slack import outbox

NEWER = "A newer version of an answer we had."
OPENED = "Opened a case."
JOINED = "Joined the contact's open case."
REPEAT = "A repeat of an answer we have; nothing changed."


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an answer: a sentence for the inbox, and the case it belongs to, if any."""

    note: str
    case_id: int | None = None


async def take_in(
    tx: Tx, house: House, response: SurveyResponse, received_at: datetime, *, open_cases: bool = True
) -> Taken:
    """Keeps the newest version of the answer and lets its case follow.

    `open_cases=False` keeps it for the figures only, as an import of a past quarter does.
    Raises UnusableAnswer if no programme of the policy takes it.
    """
    old = await responses.find(tx, response.source, response.response_id)
    programme = _programme_of(house, response, old)
    if old and response.version_at < old.response.version_at:
        return Taken("An older version of an answer we have; nothing changed.", old.case_id)
    before = await responses.get_account(tx, old.account_id) if old else None
    if old:
        response = _completed(response, old.response)
    contact_id = await responses.contact(tx, response.contact)
    account_id = await tallies.keep_account(tx, house.policy, response.account) if response.account else None
    if account_id is None and old:
        account_id = old.account_id
    row = await responses.save(tx, response, programme.key, contact_id, account_id, received_at)
    tallies.follow(tx, house.policy, {contact_id, old.contact_id} if old else {contact_id})
    new = Stored(row, response, programme.key, contact_id, account_id, old.case_id if old else None)
    taken = await _find_its_case(tx, house, programme, new, old, before, open_cases=open_cases)
    if old is None or old.response.score != response.score:
        await measure_contact(tx, house, contact_id)
    return taken


async def _find_its_case(
    tx: Tx,
    house: House,
    programme: Programme,
    new: Stored,
    old: Stored | None,
    before: Account | None,
    *,
    open_cases: bool,
) -> Taken:
    if old is None:
        return await _join_or_open(tx, house, programme, new, open_cases=open_cases)
    if new.case_id is not None and not await _left_behind(tx, new, old):
        return await _follow(tx, house, programme, new, old, before)
    if _says_the_same(new, old):
        # What was kept without a case then is no news now, whatever case the contact has meanwhile.
        return Taken(REPEAT)
    return await _join_or_open(tx, house, programme, new, open_cases=open_cases)


def _programme_of(house: House, response: SurveyResponse, old: Stored | None) -> Programme:
    """An answer stays where its first version put it; a later one may not even name its survey."""
    known = house.policy.programmes.get(old.programme) if old else None
    programme = known or house.policy.programme_for(response)
    if programme is None:
        raise UnusableAnswer(
            f"No programme takes survey {response.survey_name or response.survey_id or '(no name)'!r}. "
            "Add it to a programme's `surveys` in the policy, or mark one programme as default, then replay."
        )
    return programme


def _says_the_same(new: Stored, old: Stored) -> bool:
    return (new.response.score, new.response.verbatim) == (old.response.score, old.response.verbatim)


async def _left_behind(tx: Tx, new: Stored, old: Stored) -> bool:
    """True for an answer that became a detractor's after the case which it had only joined was closed."""
    became = Category.DETRACTOR is new.response.category is not old.response.category
    if not became or new.case_id is None:
        return False
    case = await cases.get(tx, new.case_id)
    return case.state is State.CLOSED and case.response_id != new.id


def _completed(newer: SurveyResponse, older: SurveyResponse) -> SurveyResponse:
    """A later delivery may say less (a score without the comment of the first): what it leaves out stays."""
    kept = {
        name: getattr(older, name)
        for name in ("verbatim", "role", "surface", "survey_id", "survey_name", "permalink")
        if not getattr(newer, name)
    }
    contact = newer.contact if newer.contact.email or not older.contact.email else older.contact
    if contact.key == older.contact.key:
        contact = replace(contact, name=contact.name or older.contact.name)
    return replace(
        newer,
        **kept,
        contact=contact,
        follow_up_requested=newer.follow_up_requested or older.follow_up_requested,
        # The clock starts with the first submission; a later edit must not move it (playbook, section 2).
        responded_at=min(newer.responded_at, older.responded_at),
    )


async def _follow(
    tx: Tx, house: House, programme: Programme, new: Stored, old: Stored, account_before: Account | None
) -> Taken:
    """The case of this answer hears of a changed score, of a comment or of an account that came later."""
    case = await cases.get(tx, new.case_id or 0)
    if _shown(new) == _shown(old) and await responses.get_account(tx, new.account_id) == account_before:
        return Taken(REPEAT, case.id)
    weighed = case if case.state is State.CLOSED else await weigh(tx, house, case, account_before)
    happened = _happened(old.response, new.response, tx.now)
    routing = await _rerouted(tx, house, programme, weighed, new, old, account_before)
    if routing != case.routing:
        weighed = replace(weighed, routing=routing)
        happened.append(Event(EventKind.ROUTED, WINBACK, tx.now, case.routing.user, routing.user, routing.why))
    facts = facts_between(account_before, await responses.get_account(tx, weighed.account_id))
    if (facts and case.state is State.CLAIMED) or (weighed != case and not happened):
        happened.append(facts_changed(case, weighed, facts, WINBACK, tx.now))
    for event in happened:
        weighed = await save(tx, house, Change(weighed, event))
    if not happened:
        await outbox.refresh(tx, str(CardSurface(case.id)))
    return Taken(NEWER, case.id)


def _happened(before: SurveyResponse, after: SurveyResponse, at: datetime) -> list[Event]:
    found = []
    if after.score != before.score:
        found.append(Event(EventKind.SCORE_CHANGED, WINBACK, at, str(before.score), str(after.score)))
    if after.verbatim != before.verbatim:
        found.append(Event(EventKind.VERBATIM_CHANGED, WINBACK, at, before.verbatim, after.verbatim))
    return found


def _shown(stored: Stored) -> SurveyResponse:
    """The answer as far as its card shows it, to compare two versions of it."""
    response = stored.response
    return replace(response, version_at=response.responded_at, account=None, programme=stored.programme)


async def weigh(tx: Tx, house: House, case: Case, account_before: Account | None) -> Case:
    """The case with what its answers tell now: whose it is, which account, how urgent, which tier fits that.

    Its own answer counts first; an answer that joined counts where it is a detractor's.
    """
    own = await responses.get(tx, case.response_id)
    telling = [own, *await responses.joined(tx, case.id, but=own.id)]
    account_id = next((answer.account_id for answer in telling if answer.account_id is not None), case.account_id)
    account = await responses.get_account(tx, account_id)
    judged = [urgency_of(house.policy, answer.response, account, tx.now.date()) for answer in telling]
    urgency, why = next((each for each in judged if each[0] is Urgency.CRITICAL), judged[0])
    contact_id = own.contact_id
    if contact_id != case.contact_id and await cases.open_of_contact(tx, contact_id, case.programme):
        # Somebody unnamed turns out to be a contact who has a case: two cannot be open under one name.
        contact_id = case.contact_id
    weighed = replace(case, urgency=urgency, urgency_why=why, account_id=account_id, contact_id=contact_id)
    return retiered(house, case, weighed, account_before, account)


async def _rerouted(
    tx: Tx,
    house: House,
    programme: Programme,
    case: Case,
    new: Stored,
    old: Stored,
    account_before: Account | None,
) -> Routing:
    """Whom the card asks first, now that the answer says more; nobody else once the case has an owner.

    The same roster is asked about the version before, so that the turn of the rotation, which moves on with every
    case, is no reason to ask somebody else.
    """
    if case.state is not State.OPEN or case.response_id != new.id:
        return case.routing
    roster = await roster_of(tx, house, programme)
    account = await responses.get_account(tx, case.account_id)
    now = routed(tx, house, programme, new.response, account, roster)
    then = routed(tx, house, programme, old.response, account_before, roster)
    return case.routing if now == then else now


async def _join_or_open(tx: Tx, house: House, programme: Programme, new: Stored, *, open_cases: bool) -> Taken:
    current = await cases.open_of_contact(tx, new.contact_id, programme.key)
    if current is not None and new.response.responded_at < current.submitted_at:
        # From before the case: part of its past, as an import of old answers brings it, and no news for its owner.
        return Taken("An answer from before the contact's open case; kept for the figures.")
    if current is not None:
        known = await responses.get_account(tx, current.account_id)
        await responses.hang_on(tx, new.id, current.id)
        event = Event(EventKind.JOINED, WINBACK, tx.now, after=str(new.response.score), note=new.response.verbatim)
        case = await save(tx, house, Change(await weigh(tx, house, current, known), event))
        return Taken(JOINED, case.id)
    if new.response.category is not Category.DETRACTOR:
        return Taken("Kept for the figures.")
    if not open_cases:
        return Taken("A detractor, kept for the figures only.")
    case = await _open(tx, house, programme, new)
    return Taken(OPENED, case.id)


async def _open(tx: Tx, house: House, programme: Programme, new: Stored) -> Case:
    account = await responses.get_account(tx, new.account_id)
    urgency, urgency_why = urgency_of(house.policy, new.response, account, tx.now.date())
    event = Event(EventKind.OPENED, WINBACK, tx.now, after=str(new.response.score))
    sla = sla_of(house.policy, programme, account, urgency)
    case = Case(
        id=0,
        programme=programme.key,
        contact_id=new.contact_id,
        account_id=new.account_id,
        response_id=new.id,
        state=State.OPEN,
        urgency=urgency,
        urgency_why=urgency_why,
        routing=routed(tx, house, programme, new.response, account, await roster_of(tx, house, programme)),
        opened_at=tx.now,
        submitted_at=new.response.responded_at,
        deadlines=deadlines(house.policy, programme, new.response.responded_at, tx.now, sla),
        sla=sla,
    )
    case = await cases.add(tx, case, event)
    await responses.hang_on(tx, new.id, case.id)
    await settle(tx, house, case, event)
    return case
