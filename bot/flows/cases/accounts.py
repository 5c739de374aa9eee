"""What a file or a CRM tells of an account: kept, and its open cases follow (playbook, section 5)."""

from dataclasses import fields, replace

from bot.flows.cases.intake import weigh
from bot.flows.cases.ledger import WINBACK
from bot.flows.cases.saving import save
from bot.house import House
from bot.surfaces import CardSurface
from recovery.cases.case import Change, State
from recovery.cases.facts import facts_between, facts_changed
from recovery.survey import Account
from store.cases import account_rows, cases
from store.engine import Tx
from store.figures import tallies
from store.slack import outbox


def together(known: Account | None, told: Account) -> Account:
    """What is known once this was told: what it leaves out stays."""
    if known is None:
        return told
    news = {each.name: value for each in fields(told) if (value := getattr(told, each.name)) not in {None, ""}}
    return replace(known, **news)


async def foresee(tx: Tx, known: Account | None) -> int:
    """How many open cases would hear of something new about this account; nothing is written."""
    return len(await account_rows.open_cases(tx, known.key)) if known else 0


async def learn(tx: Tx, house: House, told: Account, known: Account | None) -> int:
    """Keeps what is told of an account; how many open cases heard of it. `known`: what there was before.

    Their urgency, tier and deadlines are weighed again, and their cards are drawn anew. Raises Stale if somebody
    changed one of the cases at the same moment.
    """
    await tallies.keep_account(tx, house.policy, told)
    facts = facts_between(known, together(known, told))
    if known is None or not facts:
        return 0
    numbers = await account_rows.open_cases(tx, told.key)
    for number in numbers:
        case = await cases.lock(tx, number)
        after = await weigh(tx, house, case, known)
        if after != case or case.state is State.CLAIMED:
            await save(tx, house, Change(after, facts_changed(case, after, facts, WINBACK, tx.now)))
        else:
            await outbox.refresh(tx, str(CardSurface(number)))
    return len(numbers)
