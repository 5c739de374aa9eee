"""What people do with a case: claim, assign, release, withdraw. Load, ask the rules, save, settle."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.flows.settle import settle
from bot.house import House
from recovery import case as rules
from recovery import roles
from recovery.case import Case, Change, Outcome
from recovery.errors import Refusal
from recovery.policy_tables import Programme
from recovery.roles import Standing
from recovery.routing import route
from store import cases, responses
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from which channel; `member` where Slack has just told us, else the directory knows."""

    user: str
    channel: str = ""
    member: bool | None = None


async def claim(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """Raises Refusal with the owner's name if somebody was faster, NotAllowed if the asker may not own it."""
    case, programme = await _load(tx, house, case_id)
    roles.check_claim(_standing(house, programme, asker), case)
    return await _save(tx, house, rules.claim(case, asker.user, tx.now))


async def assign(tx: Tx, house: House, case_id: int, to: str, asker: Asker, note: str = "") -> Case:
    """A lead names the owner; the person named has to be one who may own the case."""
    case, programme = await _load(tx, house, case_id)
    roles.check_assign(_standing(house, programme, asker), case)
    roles.check_own(_standing(house, programme, Asker(to)))
    return await _save(tx, house, rules.assign(case, to, asker.user, tx.now, note))


async def release(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case goes back to its channel and is routed anew, to somebody else than who released it."""
    case, programme = await _load(tx, house, case_id)
    roles.check_release(_standing(house, programme, asker), case)
    change = rules.release(case, asker.user, tx.now)
    return await _save(tx, house, replace(change, case=await _rerouted(tx, house, programme, change.case, case.owner)))


async def withdraw(tx: Tx, house: House, case_id: int, outcome: Outcome, reason: str, asker: Asker) -> Case:
    case, programme = await _load(tx, house, case_id)
    roles.check_withdraw(_standing(house, programme, asker))
    return await _save(tx, house, rules.withdraw(case, outcome, reason, asker.user, tx.now))


async def may(tx: Tx, house: House, case_id: int, asker: Asker, check: Callable[[Standing], None]) -> Case:
    """The case, if the asker may do this with it: asked before a modal is opened, and again when it is sent."""
    case, programme = await _load(tx, house, case_id)
    check(_standing(house, programme, asker))
    return case


async def may_assign(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case, if the asker may name its owner: a lead always, a manager where it has one already."""
    case, programme = await _load(tx, house, case_id)
    roles.check_assign(_standing(house, programme, asker), case)
    return case


async def see(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case, if the asker may see its programme: its channel's members and its leads do."""
    return await may(tx, house, case_id, asker, roles.check_see)


async def channel(tx: Tx, house: House, case_id: int) -> str:
    """The channel whose members may claim the case."""
    _, programme = await _load(tx, house, case_id)
    return house.channel_of(programme)


async def _load(tx: Tx, house: House, case_id: int) -> tuple[Case, Programme]:
    case = await cases.get(tx, case_id)
    programme = house.programme_of(case)
    if programme is None:
        raise Refusal(f"The policy no longer has the programme {case.programme!r}; ask whoever keeps it.")
    return case, programme


def _standing(house: House, programme: Programme, asker: Asker) -> Standing:
    known = house.directory.is_member(house.channel_of(programme), asker.user)
    member = known if asker.member is None else asker.member
    return roles.standing(house.policy, programme, asker.user, house.roster(programme), member=member)


async def _rerouted(tx: Tx, house: House, programme: Programme, case: Case, but: str) -> Case:
    answer = await responses.get(tx, case.response_id)
    account = await responses.get_account(tx, case.account_id)
    roster = house.roster(programme, await cases.open_by_owner(tx), await cases.count_of(tx, programme.key))
    roster = replace(roster, released=but)
    return replace(case, routing=route(house.policy, programme, answer.response, account, roster, tx.now.date()))


async def _save(tx: Tx, house: House, change: Change) -> Case:
    case = await cases.save(tx, change)
    await settle(tx, house, case, change.event)
    return case
