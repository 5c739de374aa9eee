"""A changed policy, applied to the cases that are open: first shown, then done one case at a time."""

from dataclasses import dataclass

from bot.flows.cases.ledger import WINBACK
from bot.flows.cases.saving import save
from bot.house import House
from recovery.cases.case import Case, State
from recovery.clock.retiming import Move, moves, replanned, retime
from recovery.policy.file import Programme
from recovery.survey import Account
from store.cases import cases, queues, responses
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class Planned:
    """What the policy changes for one open case; `tier` is the name of its new one, "" without."""

    case: Case
    programme: Programme
    account: str
    moves: tuple[Move, ...]
    tier: str


@dataclass(frozen=True, slots=True)
class Looked:
    """One page of the open cases: how many they were, those that change, and after which number to go on (0: none)."""

    planned: tuple[Planned, ...]
    count: int
    after: int


async def plan(tx: Tx, house: House, after: int = 0, most: int = 500) -> Looked:
    """Looks at up to `most` open cases with higher numbers than `after`.

    Cases of programmes that left the policy stay as they are.
    """
    found = []
    held = await queues.open_after(tx, after, most)
    for case in held:
        programme = house.programme_of(case)
        if programme is None:
            continue
        account = await responses.get_account(tx, case.account_id)
        new = _new(house, programme, account, case)
        if new == case:
            continue
        tier = house.policy.tiers.get(new.sla.tier)
        changed = moves(house.policy, case, new)
        found.append(Planned(case, programme, account.name if account else "", changed, tier.name if tier else ""))
    return Looked(tuple(found), len(held), held[-1].id if len(held) == most else 0)


async def apply(tx: Tx, house: House, case_id: int, by: str = WINBACK) -> Case | None:
    """One case, decided anew as it is now; None where nothing changes any more. Raises UnknownCase, Stale."""
    case = await cases.get(tx, case_id)
    programme = house.programme_of(case)
    if programme is None or case.state is State.CLOSED:
        return None
    new = _new(house, programme, await responses.get_account(tx, case.account_id), case)
    if new == case:
        return None
    calendar = house.policy.calendar_of(programme)
    return await save(tx, house, retime(house.policy, calendar, case, new, by, tx.now))


def _new(house: House, programme: Programme, account: Account | None, case: Case) -> Case:
    return replanned(house.policy, programme, account, house.calendars(case, programme), case)
