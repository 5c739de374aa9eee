"""`/nps explain`: why each step of a case is due when it is (playbook, section 2: rule, start, calendar, pauses)."""

from datetime import datetime, timedelta

from bot.flows.cases import casework
from bot.flows.cases.casework import Asker
from bot.flows.cases.rosters import roster_of
from bot.flows.clock.ringing import heard_by, may_hear
from bot.house import House
from bot.views.explain import Coming, Explained, TierReason, explain_answer
from bot.views.look import Look
from bot.views.silence import silence_of
from recovery.cases.case import Case
from recovery.cases.rungs import ladder_view
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from recovery.clock.tiers import Reason, reasons, tier_of
from recovery.clock.upcoming import Coming as Next
from recovery.clock.upcoming import upcoming
from recovery.policy.file import Programme, Tier
from recovery.routing import Roster
from recovery.survey import Account
from store.cases import alarms, responses
from store.engine import Tx

UNFIT_SHOWN = 5
COMING_SHOWN = 4


async def explain(tx: Tx, house: House, number: int, asker: Asker) -> Look:
    """Every step of one case with its limit, its start, its calendar and its pauses. Raises UnknownCase, NotAllowed."""
    case = await casework.see(tx, house, number, asker)
    _, programme = await casework.load(tx, house, number)
    account = await responses.get_account(tx, case.account_id)
    answer = await responses.get(tx, case.response_id)
    return explain_answer(
        Explained(
            case=case,
            account_name=account.name if account else answer.response.contact.name,
            rungs=tuple(rung for rung in ladder_view(case, tx.now) if rung.step is not Step.FLAG),
            tier=_tier_name(house, case),
            reasons=_reasons(house, programme, account, case),
            today=_today(house, programme, account, case),
            unfit=_unfit(house, programme, account, case),
            most_waiting=timedelta(days=house.policy.pause.most_days),
            at=tx.now,
            coming=await _coming(tx, house, programme, account, case),
            silence=silence_of(case, tx.now),
        )
    )


async def _coming(
    tx: Tx, house: House, programme: Programme, account: Account | None, case: Case
) -> tuple[Coming, ...]:
    """The next alarms as the case and its people are now; none while the clock is silent."""
    if silence_of(case, tx.now):
        return ()
    raised = [row.raised for row in await alarms.of_case(tx, case.id)]
    found = upcoming(house.policy, house.calendars(case, programme), case, raised, tx.now, COMING_SHOWN)
    roster, segment = await roster_of(tx, house, programme), account.segment if account else ""
    return tuple(_comes(house, programme, case, each, roster, segment) for each in found)


def _comes(house: House, programme: Programme, case: Case, next_one: Next, roster: Roster, segment: str) -> Coming:
    alarm, told = next_one.alarm, dict[datetime, list[str]]()
    if alarm.level is not Level.IDLE_RELEASE:
        for hearing in heard_by(house, programme, case, alarm.level, alarm.step, roster, segment):
            user, at = may_hear(house, programme, case, hearing, next_one.at)
            told.setdefault(at, []).append(user)
    return Coming(alarm.level, alarm.step, next_one.at, tuple((at, tuple(told[at])) for at in sorted(told)))


def _tier_name(house: House, case: Case) -> str:
    tier = house.policy.tiers.get(case.sla.tier)
    return tier.name if tier else case.sla.tier


def _reasons(house: House, programme: Programme, account: Account | None, case: Case) -> tuple[Reason, ...]:
    """What the case's tier asks, beside what is known now; nothing for a tier that left the policy."""
    tier = house.policy.tiers.get(case.sla.tier)
    return reasons(house.policy, tier, programme, account, case.urgency) if tier else ()


def _today(house: House, programme: Programme, account: Account | None, case: Case) -> str | None:
    """The name of the tier that the case would get today, "" for none; None where that is the one it has."""
    tier = tier_of(house.policy, programme, account, case.urgency)
    if (tier.key if tier else "") == case.sla.tier:
        return None
    return tier.name if tier else ""


def _unfit(house: House, programme: Programme, account: Account | None, case: Case) -> tuple[TierReason, ...]:
    """The tiers that come before the case's, each with the first thing in it that doesn't fit."""
    found = []
    for tier in house.policy.tiers.values():
        if tier.key == case.sla.tier:
            break
        reason = _misfit(house, tier, programme, account, case)
        if reason:
            found.append(TierReason(tier.name, reason))
    return tuple(found[:UNFIT_SHOWN])


def _misfit(house: House, tier: Tier, programme: Programme, account: Account | None, case: Case) -> Reason | None:
    asked = reasons(house.policy, tier, programme, account, case.urgency)
    return next((reason for reason in asked if not reason.fits), None)
