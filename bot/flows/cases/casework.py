"""What people do with a case: claim, assign, release, withdraw. Load, ask the rules, save, settle."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.flows.cases.ledger import WINBACK
from bot.flows.cases.rosters import absence_of, roster_of, routed
from bot.flows.cases.saving import save
from bot.flows.cases.settle import is_gone
from bot.flows.clock import asked
from bot.house import House
from bot.surfaces import MessageSurface
from recovery import roles
from recovery.cases import case as rules
from recovery.cases.case import CHANGES_HANDS, Case, Outcome, Routing
from recovery.clock.sla import day_words
from recovery.errors import Refusal
from recovery.policy.tables import Programme
from recovery.roles import Standing
from store.cases import cases, queues, responses
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

ACCOUNT_OFF = "Their Slack account was switched off."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from which channel; `member` where Slack has just told us, else the directory knows."""

    user: str
    channel: str = ""
    member: bool | None = None


async def claim(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """Raises Refusal with the owner's name if somebody was faster, NotAllowed if the asker may not own it."""
    case, programme = await load(tx, house, case_id)
    roles.check_claim(standing_of(house, programme, asker), case)
    await refuse_away(tx, house, asker.user, asker)
    return await save(tx, house, rules.claim(case, asker.user, tx.now))


async def assign(
    tx: Tx, house: House, case_id: int, to: str, asker: Asker, note: str = "", *, seen: int | None = None
) -> Case:
    """A lead names the owner; the person named has to be one who may own the case.

    `seen` is the version the lead looked at: who became the owner since then is not replaced unseen.
    """
    case, programme = await _assigned_by(tx, house, case_id, asker)
    roles.check_own(standing_of(house, programme, Asker(to)))
    await refuse_away(tx, house, to, asker)
    change = rules.assign(case, to, asker.user, tx.now, note)
    if case.owner and seen is not None and await _changed_hands(tx, case, seen):
        raise Refusal(
            f"<@{case.owner}> became the owner while this window was open. "
            "If somebody else should have the case, close the window and choose Reassign… on the card."
        )
    return await save(tx, house, change)


async def release(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case goes back to its channel and is routed anew, to somebody else than who released it."""
    case, programme = await load(tx, house, case_id)
    roles.check_release(standing_of(house, programme, asker), case)
    change = rules.release(case, asker.user, tx.now)
    return await save(tx, house, replace(change, case=await _rerouted(tx, house, programme, change.case, case.owner)))


async def withdraw(tx: Tx, house: House, case_id: int, outcome: Outcome, reason: str, asker: Asker) -> Case:
    case, programme = await load(tx, house, case_id)
    roles.check_withdraw(standing_of(house, programme, asker))
    return await save(tx, house, rules.withdraw(case, outcome, reason, asker.user, tx.now))


async def relieve(tx: Tx, house: House) -> list[Case]:
    """Nobody whose account is switched off keeps a case (playbook, section 4): the channel gets theirs back.

    The programme's leads hear of each.
    """
    freed = []
    for owner in sorted(await cases.open_by_owner(tx)):
        if not is_gone(house, owner):
            continue
        for held in await queues.held_by(tx, owner):
            freed.append(await take_back(tx, house, held, ACCOUNT_OFF))  # noqa: PERF401 - each is awaited in turn
    return freed


async def take_back(tx: Tx, house: House, case: Case, why: str) -> Case:
    """The channel gets the case back from its owner, who is not asked again; the programme's leads hear, and the owner.

    Raises Refusal for a case that is closed or has no owner, Stale if somebody was faster.
    """
    change = rules.release(case, WINBACK, tx.now, why)
    programme = house.programme_of(case)
    if programme:
        freed = await _rerouted(tx, house, programme, change.case, case.owner)
    else:
        freed = replace(change.case, routing=Routing("", ""))
    saved = await save(tx, house, replace(change, case=freed))
    await _tell_leads(tx, house, saved)
    return saved


async def reroute(tx: Tx, house: House, programme: Programme, case: Case) -> Routing:
    """Whom the case would ask first if it came in now."""
    answer = await responses.get(tx, case.response_id)
    account = await responses.get_account(tx, case.account_id)
    return routed(tx, house, programme, answer.response, account, await roster_of(tx, house, programme))


def leads_of(house: House, programme: Programme | None) -> list[str]:
    """Who answers for the programme now: its leads who are here, else the admin."""
    leads = house.directory.users(programme.leads if programme else ())
    admin = house.directory.users([house.policy.workspace.admin])
    return [user for user in leads if not is_gone(house, user)] or [user for user in admin if not is_gone(house, user)]


async def may(tx: Tx, house: House, case_id: int, asker: Asker, check: Callable[[Standing], None]) -> Case:
    """The case, if the asker may do this with it: asked before a modal is opened, and again when it is sent."""
    case, programme = await load(tx, house, case_id)
    check(standing_of(house, programme, asker))
    return case


async def may_assign(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case, if the asker may name its owner: a lead or who was asked in their place, a manager where it has one."""
    case, _ = await _assigned_by(tx, house, case_id, asker)
    return case


async def see(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The case, if the asker may see its programme: its channel's members and its leads do."""
    return await may(tx, house, case_id, asker, roles.check_see)


async def channel(tx: Tx, house: House, case_id: int) -> str:
    """The channel whose members may claim the case."""
    _, programme = await load(tx, house, case_id)
    return house.channel_of(programme)


async def load(tx: Tx, house: House, case_id: int) -> tuple[Case, Programme]:
    """The case and its programme. Raises UnknownCase, or Refusal if the policy no longer has the programme."""
    case = await cases.get(tx, case_id)
    programme = house.programme_of(case)
    if programme is None:
        raise Refusal(f"The policy no longer has the programme {case.programme!r}; ask whoever keeps it.")
    return case, programme


def standing_of(house: House, programme: Programme, asker: Asker) -> Standing:
    """What the asker is to the programme, as the directory and the policy know."""
    known = house.directory.is_member(house.channel_of(programme), asker.user)
    member = known if asker.member is None else asker.member
    person = house.directory.people.get(asker.user)
    bot = person is not None and person.bot
    return roles.standing(house.policy, programme, asker.user, house.roster(programme), member=member, bot=bot)


async def _assigned_by(tx: Tx, house: House, case_id: int, asker: Asker) -> tuple[Case, Programme]:
    """The case that the asker may give to somebody. Raises NotAllowed."""
    case, programme = await load(tx, house, case_id)
    standing = standing_of(house, programme, asker)
    stands_in = not (standing.lead or standing.manager) and await asked.above_owner(
        tx, house, programme, case, asker.user
    )
    roles.check_assign(standing, case, told=stands_in)
    return case, programme


async def _changed_hands(tx: Tx, case: Case, since: int) -> bool:
    # Each version has one event, from version 1 on.
    return any(event.kind in CHANGES_HANDS for event in (await cases.history(tx, case.id))[since:])


async def _rerouted(tx: Tx, house: House, programme: Programme, case: Case, but: str) -> Case:
    answer = await responses.get(tx, case.response_id)
    account = await responses.get_account(tx, case.account_id)
    roster = replace(await roster_of(tx, house, programme), released=but)
    return replace(case, routing=routed(tx, house, programme, answer.response, account, roster))


async def refuse_away(tx: Tx, house: House, owner: str, asker: Asker) -> None:
    """Nobody who is away gets a case (playbook, section 4)."""
    days = await absence_of(tx, house, owner)
    if days is None:
        return
    until = day_words(days.last, tx.now.date())
    if owner == asker.user:
        raise Refusal(f"You are away until {until}, and a case needs somebody who is here. Type “/nps back” first.")
    raise Refusal(f"<@{owner}> is away until {until}, and a case needs somebody who is here. Choose somebody else.")


async def _tell_leads(tx: Tx, house: House, case: Case) -> None:
    messages = [MessageSurface(user, case.id, case.version) for user in leads_of(house, house.programme_of(case))]
    if messages:
        await outbox.want(tx, *(Wanted(str(message), message.user, Rank.CARD) for message in messages))
