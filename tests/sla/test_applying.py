"""A changed policy on a database of open cases: what would move is shown, then done one case at a time."""

import asyncio
from decimal import Decimal

from bot.flows.cases import casework
from bot.flows.cases.casework import Asker
from bot.flows.clock import applying
from bot.flows.clock.applying import Planned
from recovery.cases.case import EventKind, Outcome
from recovery.cases.steps import Step
from recovery.policy.file import load_policy
from store.cases import cases
from store.errors import Contended
from tests.clock.clocked import JEN, MARCUS, Clocked
from tests.recovery.policies import SOUND, account

STRICT = SOUND.replace('outreach = "48h"', 'outreach = "24h"')


async def planned(here: Clocked, most: int = 500) -> list[Planned]:
    found: list[Planned] = []
    after = 0
    while True:
        async with here.db.read() as tx:
            page = await applying.plan(tx, here.house, after, most)
        found += page.planned
        if not page.after:
            return found
        after = page.after


async def applied(here: Clocked, number: int) -> bool:
    async with here.db.write() as tx:
        return await applying.apply(tx, here.house, number) is not None


async def test_the_same_policy_plans_nothing(here: Clocked) -> None:
    assert await planned(here) == []
    await here.opens()
    assert await planned(here) == []


async def test_only_what_moves_is_planned_and_done_once(here: Clocked) -> None:
    waiting = await here.opens()
    contacted = await here.owned(JEN)
    contacted = await here.tries(contacted, JEN)
    gone = await here.opens()
    async with here.db.write() as tx:
        await casework.withdraw(tx, here.house, gone.id, Outcome.WITHDRAWN, "A test.", Asker(MARCUS))
    here.house.policy = load_policy(STRICT)
    (found,) = await planned(here)
    assert (found.case.id, found.account, found.tier) == (waiting.id, "", "")
    assert [move.step for move in found.moves] == [Step.OUTREACH]
    assert await applied(here, waiting.id)
    assert await planned(here) == []
    assert not await applied(here, waiting.id)
    assert not await applied(here, contacted.id)
    assert not await applied(here, gone.id)
    async with here.db.read() as tx:
        history = await cases.history(tx, waiting.id)
        now = await cases.get(tx, waiting.id)
    assert [event.kind for event in history].count(EventKind.RETIMED) == 1
    assert now.deadlines.outreach == found.moves[0].due_after
    assert (await here.case(contacted)).deadlines == contacted.deadlines


async def test_a_tier_that_is_new_takes_the_cases_that_fit(here: Clocked) -> None:
    small = await here.opens(account=account(acv=Decimal(100)))
    await here.opens(account=account(key="big", acv=Decimal(90_000)))
    low = '\n[tiers.low]\nname = "Low value"\nacv_below = 5000\nskip = ["conversation", "action"]\n'
    here.house.policy = load_policy(SOUND + low)
    (found,) = await planned(here)
    assert (found.case.id, found.tier, found.account) == (small.id, "Low value", "Northwind Traders")
    assert [move.step for move in found.moves] == [Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP]
    assert await applied(here, small.id)
    assert (await here.case(small)).sla.tier == "low"


async def test_pages_leave_no_case_out(here: Clocked) -> None:
    opened = [(await here.opens()).id for _ in range(7)]
    here.house.policy = load_policy(STRICT)
    for most in (1, 3, 7, 8):
        assert [each.case.id for each in await planned(here, most)] == opened


async def test_a_case_of_a_programme_that_left_the_policy_stays(here: Clocked) -> None:
    case = await here.opens()
    strict = load_policy(STRICT)
    here.house.policy = strict.model_copy(update={"programmes": {"support": strict.programmes["support"]}})
    assert await planned(here) == []
    assert not await applied(here, case.id)


async def test_two_who_apply_at_the_same_moment_do_it_once(here: Clocked) -> None:
    case = await here.opens()
    here.house.policy = load_policy(STRICT)

    async def once() -> bool:
        try:
            return await applied(here, case.id)
        except Contended:
            return False

    assert sorted(await asyncio.gather(*(once() for _ in range(4)))) == [False, False, False, True]
    async with here.db.read() as tx:
        kinds = [event.kind for event in await cases.history(tx, case.id)]
    assert kinds.count(EventKind.RETIMED) == 1
