"""Which limits a case gets: the first tier that fits, key by key, else the ladder's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from recovery.cases.case import Sla, Urgency
from recovery.cases.steps import Step
from recovery.clock.tiers import limit_of, reasons, sla_of, tier_of
from recovery.policy.file import Policy, load_policy
from recovery.survey import Account
from tests.recovery.policies import SOUND, account, sound

TIERS = """
[tiers.board]
name = "Board"
programmes = ["relational"]
urgency = "critical"
acv_from = 500000
outreach = "4h"
conversation = "2d"

[tiers.named]
name = "Named"
segments = ["enterprise"]
plans = ["Scale", "Enterprise  Plus"]
acv_from = 50000
acv_below = 500000
outreach = "24h"

[tiers.low]
name = "Low value"
acv_below = 5000
skip = ["action"]
outreach = "72h"
"""
NAMED = account(segment="Enterprise", plan="scale", acv=Decimal(50_000))


def tiered() -> Policy:
    return load_policy(SOUND + TIERS)


def chosen(known: Account | None, urgency: Urgency = Urgency.NORMAL, programme: str = "relational") -> str:
    policy = tiered()
    tier = tier_of(policy, policy.programmes[programme], known, urgency)
    return tier.key if tier else ""


@pytest.mark.parametrize(
    ("known", "urgency", "programme", "tier"),
    [
        (None, Urgency.NORMAL, "relational", ""),
        (None, Urgency.CRITICAL, "relational", ""),
        (account(), Urgency.CRITICAL, "relational", ""),
        (account(acv=Decimal(500_000)), Urgency.CRITICAL, "relational", "board"),
        (account(acv=Decimal("499999.99")), Urgency.CRITICAL, "relational", ""),
        (account(acv=Decimal(500_000)), Urgency.NORMAL, "relational", ""),
        (account(acv=Decimal(500_000)), Urgency.CRITICAL, "support", ""),
        (NAMED, Urgency.NORMAL, "relational", "named"),
        (NAMED, Urgency.CRITICAL, "support", "named"),
        (replace(NAMED, segment="enterprise", plan="enterprise plus"), Urgency.NORMAL, "relational", "named"),
        (replace(NAMED, segment="SMB"), Urgency.NORMAL, "relational", ""),
        (replace(NAMED, segment=""), Urgency.NORMAL, "relational", ""),
        (replace(NAMED, plan=""), Urgency.NORMAL, "relational", ""),
        (replace(NAMED, acv=Decimal("49999.99")), Urgency.NORMAL, "relational", ""),
        (replace(NAMED, acv=Decimal(500_000)), Urgency.NORMAL, "relational", ""),
        (replace(NAMED, acv=None), Urgency.NORMAL, "relational", ""),
        (account(acv=Decimal(0)), Urgency.NORMAL, "relational", "low"),
        (account(acv=Decimal(5_000)), Urgency.NORMAL, "relational", ""),
    ],
)
def test_the_first_tier_that_fits_every_key(known: Account | None, urgency: Urgency, programme: str, tier: str) -> None:
    assert chosen(known, urgency, programme) == tier


def test_a_tier_without_keys_takes_what_is_left_and_the_order_of_the_file_counts() -> None:
    rest = '\n[tiers.rest]\nname = "The rest"\noutreach = "12h"\n'
    policy = load_policy(SOUND + TIERS + rest)
    found = sla_of(policy, policy.programmes["support"], None, Urgency.NORMAL)
    assert (found.tier, found.outreach, found.assign, found.skipped) == ("rest", "12 hours", "4 business hours", ())
    low = sla_of(policy, policy.programmes["support"], account(acv=Decimal(1)), Urgency.NORMAL)
    assert low.tier == "low"


def test_the_limits_of_a_case_are_words_and_none_is_left_to_a_later_policy() -> None:
    policy = tiered()
    programme = policy.programmes["relational"]
    found = sla_of(policy, programme, account(acv=Decimal(1)), Urgency.NORMAL)
    assert found == Sla("low", "4 business hours", "72 hours", "7 days", "14 days", "30 days", ("action", "follow_up"))
    later = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "6h"'))
    for step in (Step.ASSIGN, Step.OUTREACH, Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP):
        assert limit_of(later, found, step).words == getattr(found, step.value)
    without = sla_of(sound(), programme, None, Urgency.NORMAL)
    assert (without.tier, without.outreach, without.skipped) == ("", "48 hours", ())


def test_a_case_from_before_limits_were_kept_follows_the_ladder_of_today() -> None:
    later = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "36h"'))
    assert limit_of(later, Sla(), Step.OUTREACH).words == "36 hours"
    assert limit_of(later, Sla(), Step.FOLLOW_UP) == later.ladder.follow_up
    assert limit_of(later, Sla(outreach="8 business hours"), Step.OUTREACH).words == "8 business hours"
    assert limit_of(later, Sla(outreach="1h"), Step.FLAG) == later.ladder.flag


def test_why_a_tier_fits_is_said_key_by_key() -> None:
    policy = tiered()
    programme = policy.programmes["relational"]
    told = [
        (each.key, each.asked, each.found, each.fits)
        for each in reasons(policy, policy.tiers["named"], programme, NAMED, Urgency.NORMAL)
    ]
    assert told == [
        ("segments", "enterprise", "enterprise", True),
        ("plans", "Scale, Enterprise  Plus", "scale", True),
        ("acv_from", "50000", "50000", True),
        ("acv_below", "500000", "50000", True),
    ]
    told = [
        (each.key, each.asked, each.found, each.fits)
        for each in reasons(policy, policy.tiers["board"], programme, None, Urgency.NORMAL)
    ]
    assert told == [
        ("programmes", "relational", "relational", True),
        ("acv_from", "500000", "", False),
        ("urgency", "critical", "normal", False),
    ]
