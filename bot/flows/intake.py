"""An answer comes in: kept, and where it is a detractor's, a case (playbook, sections 1 and 5)."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows.settle import settle
from bot.house import House
from recovery.case import Case, Change, Event, EventKind, State
from recovery.errors import UnusableAnswer
from recovery.policy_tables import Programme
from recovery.routing import Roster, route
from recovery.sla import deadlines
from recovery.survey import Category, SurveyResponse
from recovery.urgency import urgency_of
from store import cases, responses
from store.engine import Tx
from store.responses import Stored

WINBACK = "winback"


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
    programme = house.policy.programme_for(response)
    if programme is None:
        raise UnusableAnswer(
            f"No programme takes survey {response.survey_name or response.survey_id or '(no name)'!r}. "
            "Add it to a programme's `surveys` in the policy, or mark one programme as default, then replay."
        )
    old = await responses.find(tx, response.source, response.response_id)
    if old and response.version_at < old.response.version_at:
        return Taken("An older version of an answer we have; nothing changed.", old.case_id)
    if old:
        response = _completed(response, old.response)
        programme = house.policy.programmes.get(old.programme, programme)
    contact_id = await responses.contact(tx, response.contact)
    account_id = await responses.account(tx, response.account) if response.account else None
    if account_id is None and old:
        account_id = old.account_id
    row = await responses.save(tx, response, programme.key, contact_id, account_id, received_at)
    new = Stored(row, response, programme.key, contact_id, account_id, old.case_id if old else None)
    if new.case_id is not None and old is not None:
        return await _follow(tx, house, new, old)
    return await _join_or_open(tx, house, programme, new, open_cases=open_cases)


def _completed(newer: SurveyResponse, older: SurveyResponse) -> SurveyResponse:
    """A later delivery may say less (a score without the comment of the first): what it leaves out stays."""
    kept = {
        name: getattr(older, name)
        for name in ("verbatim", "role", "surface", "survey_id", "survey_name", "permalink")
        if not getattr(newer, name)
    }
    contact = newer.contact if newer.contact.email or not older.contact.email else older.contact
    # The clock starts with the first submission; a later edit must not move it (playbook, section 2).
    return replace(newer, **kept, contact=contact, responded_at=min(newer.responded_at, older.responded_at))


async def _follow(tx: Tx, house: House, new: Stored, old: Stored) -> Taken:
    """The case of this answer hears of a changed score and of a comment that came later."""
    case = await cases.get(tx, new.case_id or 0)
    before, after = old.response, new.response
    happened = []
    if after.score != before.score:
        happened.append((EventKind.SCORE_CHANGED, str(before.score), str(after.score)))
    if after.verbatim != before.verbatim:
        happened.append((EventKind.VERBATIM_CHANGED, before.verbatim, after.verbatim))
    for kind, was, now in happened:
        event = Event(kind, WINBACK, tx.now, before=was, after=now)
        if case.response_id == new.id and case.state is not State.CLOSED:
            case = await _weighed(tx, house, case, new)
        case = await cases.save(tx, Change(case, event))
        await settle(tx, house, case, event)
    if not happened:
        return Taken("A repeat of an answer we have; nothing changed.", case.id)
    return Taken("A newer version of an answer we had.", case.id)


async def _weighed(tx: Tx, house: House, case: Case, new: Stored) -> Case:
    account = await responses.get_account(tx, new.account_id)
    urgency, why = urgency_of(house.policy, new.response, account, tx.now.date())
    return replace(case, urgency=urgency, urgency_why=why, account_id=new.account_id)


async def _join_or_open(tx: Tx, house: House, programme: Programme, new: Stored, *, open_cases: bool) -> Taken:
    current = await cases.open_of_contact(tx, new.contact_id, programme.key)
    if current is not None:
        await responses.hang_on(tx, new.id, current.id)
        event = Event(EventKind.JOINED, WINBACK, tx.now, after=str(new.response.score), note=new.response.verbatim)
        case = await cases.save(tx, Change(current, event))
        await settle(tx, house, case, event)
        return Taken("Joined the contact's open case.", case.id)
    if new.response.category is not Category.DETRACTOR:
        return Taken("Kept for the figures.")
    if not open_cases:
        return Taken("A detractor, kept for the figures only.")
    case = await _open(tx, house, programme, new)
    return Taken("Opened a case.", case.id)


async def _open(tx: Tx, house: House, programme: Programme, new: Stored) -> Case:
    account = await responses.get_account(tx, new.account_id)
    urgency, urgency_why = urgency_of(house.policy, new.response, account, tx.now.date())
    event = Event(EventKind.OPENED, WINBACK, tx.now, after=str(new.response.score))
    case = Case(
        id=0,
        programme=programme.key,
        contact_id=new.contact_id,
        account_id=new.account_id,
        response_id=new.id,
        state=State.OPEN,
        urgency=urgency,
        urgency_why=urgency_why,
        routing=route(
            house.policy, programme, new.response, account, await _roster(tx, house, programme), tx.now.date()
        ),
        opened_at=tx.now,
        submitted_at=new.response.responded_at,
        deadlines=deadlines(house.policy, programme, new.response.responded_at, tx.now),
    )
    case = await cases.add(tx, case, event)
    await responses.hang_on(tx, new.id, case.id)
    await settle(tx, house, case, event)
    return case


async def _roster(tx: Tx, house: House, programme: Programme) -> Roster:
    return house.roster(programme, await cases.open_by_owner(tx), await cases.count_of(tx, programme.key))
