"""Which limits a case gets: those of the first tier that fits it, else the ladder's (playbook, section 2)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from recovery.cases.case import Sla, Urgency
from recovery.cases.steps import Step
from recovery.policy.file import Limit, Policy, Programme, Tier
from recovery.policy.values import parse_limit
from recovery.survey import Account

LIMITED = (Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP)


def sla_of(policy: Policy, programme: Programme, account: Account | None, urgency: Urgency) -> Sla:
    """Give the limits of a case as words, so that a later policy doesn't move them unseen."""
    tier = tier_of(policy, programme, account, urgency)
    words = {step.value: _limit(policy, tier, step).words for step in LIMITED}
    return Sla(tier=tier.key if tier else "", skipped=tier.skip if tier else (), **words)


def tier_of(policy: Policy, programme: Programme, account: Account | None, urgency: Urgency) -> Tier | None:
    """Find the first tier, in the order of the file, of which every key fits; None when none does."""
    return next((tier for tier in policy.tiers.values() if _fits(policy, tier, programme, account, urgency)), None)


def limit_of(policy: Policy, case_sla: Sla, step: Step) -> Limit:
    """Give the limit of a step: the one the case was opened with, else the one of today's ladder."""
    if step is Step.FLAG:
        return policy.ladder.flag
    words: str = getattr(case_sla, step.value)
    return _read(words) if words else _ladder(policy, step)


@lru_cache(maxsize=256)
def _read(words: str) -> Limit:
    # The clock asks several times a case, and a policy has few limits.
    return parse_limit(words)


@dataclass(frozen=True, slots=True)
class Reason:
    """One key of a tier: what it asks ("acv_from", "50000"), what the case has ("180000", "" unknown), if it fits."""

    key: str
    asked: str
    found: str
    fits: bool


def reasons(
    policy: Policy, tier: Tier, programme: Programme, account: Account | None, urgency: Urgency
) -> tuple[Reason, ...]:
    """Say for each key of a tier whether it fits the case; a tier without keys takes every case."""
    named = policy.segment_named(account.segment) if account and account.segment else None
    segment = named.key if named else ""
    plan = account.plan if account else ""
    acv = account.acv if account else None
    asked = [
        ("programmes", ", ".join(tier.programmes), programme.key, programme.key in tier.programmes),
        ("segments", ", ".join(tier.segments), segment, segment in tier.segments),
        ("plans", ", ".join(tier.plans), plan, _folded(plan) in map(_folded, tier.plans)),
        ("acv_from", _money(tier.acv_from), _money(acv), acv is not None and acv >= (tier.acv_from or 0)),
        ("acv_below", _money(tier.acv_below), _money(acv), acv is not None and acv < (tier.acv_below or 0)),
        ("urgency", tier.urgency or "", urgency.value, tier.urgency == urgency.value),
    ]
    return tuple(Reason(key, wanted, found, fits) for key, wanted, found, fits in asked if wanted)


def _fits(policy: Policy, tier: Tier, programme: Programme, account: Account | None, urgency: Urgency) -> bool:
    return all(reason.fits for reason in reasons(policy, tier, programme, account, urgency))


def _limit(policy: Policy, tier: Tier | None, step: Step) -> Limit:
    return (tier.limit(step) if tier else None) or _ladder(policy, step)


def _ladder(policy: Policy, step: Step) -> Limit:
    found: Limit = getattr(policy.ladder, step.value)
    return found


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _money(amount: Decimal | None) -> str:
    """Write an amount as the policy's file does: "50000", without cents where there are none."""
    if amount is None:
        return ""
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:f}"
