"""Whom a card asks first and why, and why it is urgent: one card for each branch of the playbook's section 5."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.story.acting import AMARA, KOFI, MARCUS, PRIYA, TOMAS, Acting
from tests.story.conftest import acting
from tests.support.story import POLICY

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAIN: dict[str, Any] = {"comment": "Too slow.", "segment": "", "acv": 1000}


@pytest.mark.parametrize(
    ("fields", "user", "why"),
    [
        ({"csm_email": "kofi@acme.example"}, KOFI, "Kofi is the account's CSM"),
        ({"csm_email": "KOFI@acme.example ", "comment": "The migration failed."}, KOFI, "Kofi is the account's CSM"),
        ({"comment": "The migration failed."}, AMARA, 'Amara is in the team Onboarding, which takes "migration"'),
        ({"segment": "enterprise"}, TOMAS, "Tomás manages the segment Enterprise"),
        ({"segment": "Enterprise", "comment": "Your kick-off!"}, AMARA, 'which takes "kick-off"'),
        (
            {"csm_email": "gone@acme.example", "segment": "enterprise"},
            TOMAS,
            "the account's CSM isn't in this workspace, so Tomás manages the segment Enterprise",
        ),
        (
            {"csm_email": "ingrid@acme.example", "segment": "enterprise"},
            TOMAS,
            "Ingrid (CSM) is in the team that owns the score, so Tomás",
        ),
        (
            {"csm_email": "elena@acme.example", "segment": "enterprise"},
            TOMAS,
            "Elena (CSM) isn't in the channel, so Tomás",
        ),
    ],
)
async def test_the_card_says_whom_it_asks_and_why(it: Acting, fields: dict[str, object], user: str, why: str) -> None:
    case = await it.opens(**{**PLAIN, **fields})
    said = it.card(case)
    assert f"to <@{user}>" in said
    assert "because " in said
    assert why in said


async def test_the_rotation_goes_round(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        asked = []
        for _ in range(4):
            case = await it.opens(**PLAIN)
            assert "is next in rotation" in it.card(case)
            asked.append((await it.case(case.id)).routing.user)
        assert asked[0] == asked[3]
        assert len(set(asked)) == 3


async def test_over_capacity_the_next_in_line_is_asked(sqlite_db: str, tmp_path: Path) -> None:
    policy = POLICY.read_text("utf-8").replace("open_cases = 8", "open_cases = 1")
    async with acting(sqlite_db, tmp_path, policy=policy) as it:
        first = await it.opens(**PLAIN, csm_email="priya@acme.example")
        await it.click(PRIYA, first, "case_claim")
        second = await it.opens(**{**PLAIN, "segment": "enterprise"}, csm_email="priya@acme.example")
        assert "Priya (CSM) has 1 open case, so Tomás manages the segment Enterprise" in it.card(second)


@pytest.mark.parametrize(
    ("leads", "user", "why"),
    [
        ("marcus@acme.example", MARCUS, "so Marcus, the lead, is asked"),
        ("nobody@acme.example", "", "so nobody is free: the whole channel is asked"),
    ],
)
async def test_when_nobody_is_left_the_lead_is_asked_or_everybody(
    sqlite_db: str, tmp_path: Path, leads: str, user: str, why: str
) -> None:
    policy = POLICY.read_text("utf-8").replace(
        'rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]',
        'rotation = ["elena@acme.example"]',
    )
    policy = policy.replace('leads = ["marcus@acme.example"]', f'leads = ["{leads}"]')
    async with acting(sqlite_db, tmp_path, policy=policy) as it:
        case = await it.opens(**PLAIN)
        said = it.card(case)
        assert "Elena (rotation) isn't in the channel" in said
        assert why in said
        assert (await it.case(case.id)).routing.user == user
        assert (f"to <@{user}>" in said) is bool(user)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"acv": 49_999}, ""),
        ({"acv": 50_000}, "large account"),
        ({"renewal_in": 90}, "renewal near"),
        ({"renewal_in": 0}, "renewal near"),
        ({"renewal_in": 91}, ""),
        ({"renewal_in": -1}, ""),
        ({"comment": "We are evaluating alternatives."}, '"evaluating alternatives"'),
        ({"comment": "WE\u2019LL CANCEL"}, '"cancel"'),
        ({"comment": "The cancellation policy is fine."}, ""),
        ({"acv": 180_000, "renewal_in": 20, "comment": "Not renewing!"}, 'large account, renewal near, "not renewing"'),
    ],
)
async def test_an_urgent_card_says_why(it: Acting, fields: dict[str, Any], why: str) -> None:
    told = {**PLAIN, **fields}
    if "renewal_in" in told:
        on = it.story.bot.clock.now().date() + timedelta(days=told.pop("renewal_in"))
        told["renewal_date"] = on.isoformat()
    case = await it.opens(**told)
    said = it.card(case)
    assert ("Critical" in said) is bool(why)
    assert why in said
    assert (await it.case(case.id)).urgency.value == ("critical" if why else "normal")
