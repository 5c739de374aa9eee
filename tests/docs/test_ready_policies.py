"""The policies that are ready to be copied load, and say what the playbook's section 2 has them say."""

from decimal import Decimal
from pathlib import Path

import pytest

from recovery.policy.file import Policy, load_policy
from tests.docs.reading import ROOT

FOLDER = ROOT / "docs" / "policies"
FILES = sorted(FOLDER.glob("*.toml"))


def ready(name: str) -> Policy:
    return load_policy((FOLDER / f"{name}.toml").read_text("utf-8"), name)


def test_there_are_three() -> None:
    assert [path.stem for path in FILES] == ["by-contract-value", "default", "four-hours"]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_they_load_with_nobody_but_made_up_people(path: Path) -> None:
    policy = ready(path.stem)
    assert all(person.endswith("@acme.example") for person in policy.people())
    assert policy.programmes["relational"].sponsor


def test_the_default_is_what_holds_without_the_tables() -> None:
    policy, text = ready("default"), (FOLDER / "default.toml").read_text("utf-8")
    bare = text[: text.index("[ladder]")] + text[text.index("[calendars") : text.index("[escalation]")]
    without = load_policy(bare + text[text.index("[programmes") :])
    assert (policy.ladder, policy.escalation) == (without.ladder, without.escalation)


def test_by_contract_value_24_hours_for_large_accounts_72_below_and_an_answer_only_for_the_smallest() -> None:
    tiers = ready("by-contract-value").tiers
    large, small, standard = tiers.values()
    assert (large.acv_from, large.outreach and large.outreach.words) == (Decimal(50000), "24 hours")
    assert (standard.acv_below, standard.outreach and standard.outreach.words) == (Decimal(50000), "72 hours")
    assert small.skip == ("conversation", "action", "follow_up")


def test_four_hours_for_everybody_and_the_executive_soon_after() -> None:
    policy = ready("four-hours")
    assert policy.ladder.outreach.words == "4 hours"
    assert policy.escalation.executive_after.words == "4 hours"
    assert all(tier.outreach is not None and tier.outreach.words == "4 hours" for tier in policy.tiers.values())
