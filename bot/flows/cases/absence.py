"""Somebody is away: their cases are handed on when it begins and come back when it ends (playbook, section 4).

One case is one transaction, which first takes the absence's row: whatever dies in between, and however many replicas
work at it, no case is handed on or back twice, and the next beat goes on where this one ended.
"""

from dataclasses import dataclass, replace

from bot.flows.cases.casework import Asker, leads_of, load, reroute, standing_of
from bot.flows.cases.ledger import WINBACK
from bot.flows.cases.rosters import local_day
from bot.flows.cases.saving import save
from bot.flows.cases.settle import is_gone
from bot.house import House
from bot.surfaces import HandedOnSurface
from recovery import roles
from recovery.cases import case as rules
from recovery.cases.case import Case, Change, State
from recovery.clock.absence import AWAY_FOR, BACK_TO, back_again, held_for, parse_days, while_away
from recovery.errors import NotAllowed, Refusal
from store.cases import cases, queues
from store.engine import Tx
from store.slack import absences, outbox
from store.slack.absences import Absence, AbsenceState
from store.slack.outbox import Rank, Wanted


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did: the case, and who has it now ("" for the channel, and where it was left alone)."""

    case_id: int
    to: str = ""


async def plan(tx: Tx, house: House, user: str, text: str) -> Absence:
    """Keeps from when to when somebody is away, in place of what they said before. Raises Refusal."""
    known = await absences.lock(tx, user)
    today = local_day(tx, house, user)
    is_away = known is not None and known.state is AbsenceState.AWAY and known.days.include(today)
    days = parse_days(text, today, known.days.first if known and is_away else None)
    if known and is_away and not days.include(today):
        raise Refusal(
            f"You are away until {known.days.last.isoformat()}. Type “/nps back” first, or tell me of the next time "
            "when you are here again."
        )
    # Who is away stays so; who still waits for cases gets them at the end of the new days.
    state = AbsenceState.AWAY if is_away else AbsenceState.COMING
    absence = Absence(user, days, state, known.handed_on if known else ())
    await absences.save(tx, absence)
    return absence


async def come_back(tx: Tx, house: House, user: str) -> bool:
    """Ends an absence, or takes one back that was still to come; False where there was none."""
    known = await absences.lock(tx, user)
    if known is None or known.state is AbsenceState.BACK:
        return False
    was_away = known.state is AbsenceState.AWAY or known.days.include(local_day(tx, house, user))
    await absences.save(tx, replace(known, state=AbsenceState.BACK))
    return was_away


async def due(tx: Tx, house: House) -> list[str]:
    """For whom there is something to do now: an absence begins or ends, or cases are still to be handed on or back."""
    return [found.user for found in await absences.unfinished(tx) if await _has_work(tx, house, found)]


async def still_held(tx: Tx, user: str) -> int:
    """How many open cases the person owns."""
    return (await cases.open_by_owner(tx, [user])).get(user, 0)


async def step(tx: Tx, house: House, user: str) -> Step | None:
    """The next piece of work for this person; None where nothing is left, or another replica is at it."""
    absence = await absences.take(tx, user)
    if absence is None:
        return None
    absence = await _turned(tx, house, absence)
    if absence.state is AbsenceState.AWAY:
        return await _hand_on(tx, house, absence)
    if absence.state is AbsenceState.BACK and absence.handed_on:
        return await _hand_back(tx, house, absence)
    return None


async def _has_work(tx: Tx, house: House, absence: Absence) -> bool:
    today = local_day(tx, house, absence.user)
    if absence.state is AbsenceState.BACK:
        return bool(absence.handed_on)
    if absence.state is AbsenceState.COMING:
        return today >= absence.days.first
    # Whoever reopened one of their cases, or was faster than the absence, is found by the next beat.
    if today > absence.days.last:
        return True
    return not is_gone(house, absence.user) and bool(await queues.held_by(tx, absence.user, 1))


async def _turned(tx: Tx, house: House, absence: Absence) -> Absence:
    """The absence with the state that this day gives it."""
    today, state = local_day(tx, house, absence.user), absence.state
    if state is AbsenceState.COMING and today >= absence.days.first:
        state = AbsenceState.AWAY
    if state is AbsenceState.AWAY and today > absence.days.last:
        state = AbsenceState.BACK
    if state is not absence.state:
        absence = replace(absence, state=state)
        await absences.save(tx, absence)
    return absence


async def _hand_on(tx: Tx, house: House, absence: Absence) -> Step | None:
    """One case of somebody who is away: to the next in routing order, or to the channel where nobody is free."""
    held = await queues.held_by(tx, absence.user, 1)
    # Who has left is no longer away: casework.relieve gives their cases back to the channel for good.
    if not held or is_gone(house, absence.user):
        return None
    case = held[0]
    change = await _given_on(tx, house, case, absence)
    numbers = dict.fromkeys([*absence.handed_on, case.id])
    await absences.save(tx, replace(absence, handed_on=tuple(numbers)))
    saved = await save(tx, house, change)
    digest = [
        Wanted(str(HandedOnSurface(lead, absence.user, absence.days.first.isoformat())), lead, Rank.CARD)
        for lead in leads_of(house, house.programme_of(case))
        if lead not in {absence.user, saved.owner}
    ]
    if digest:
        await outbox.want(tx, *digest)
    return Step(case.id, saved.owner)


async def _given_on(tx: Tx, house: House, case: Case, absence: Absence) -> Change:
    note = while_away(_name(house, absence.user), absence.days.last, tx.now.date())
    programme = house.programme_of(case)
    routing = await reroute(tx, house, programme, case) if programme else None
    if routing and routing.user and routing.user != absence.user:
        change = rules.assign(case, routing.user, WINBACK, tx.now, note)
    else:
        change = rules.release(case, WINBACK, tx.now, note)
    given = replace(change.case, routing=routing) if routing else change.case
    return Change(given, replace(change.event, details={AWAY_FOR: absence.user}))


async def _hand_back(tx: Tx, house: House, absence: Absence) -> Step:
    """One case of somebody who is here again: theirs, if it still waits for them."""
    number, rest = absence.handed_on[0], absence.handed_on[1:]
    await absences.save(tx, replace(absence, handed_on=rest))
    change = await _given_back(tx, house, number, absence.user)
    if change is None:
        return Step(number)
    saved = await save(tx, house, change)
    return Step(number, saved.owner)


async def _given_back(tx: Tx, house: House, number: int, user: str) -> Change | None:
    try:
        case, programme = await load(tx, house, number)
    except Refusal:
        return None
    if case.state is State.CLOSED or case.owner == user or user not in held_for(await cases.history(tx, number)):
        return None
    try:
        roles.check_own(standing_of(house, programme, Asker(user)))
    except NotAllowed:
        return None
    change = rules.assign(case, user, WINBACK, tx.now, back_again(_name(house, user)))
    return replace(change, event=replace(change.event, details={BACK_TO: user}))


def _name(house: House, user: str) -> str:
    return house.directory.name(user).split(" ")[0] or f"<@{user}>"
