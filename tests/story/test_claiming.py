"""Who may claim and release, and what those read who may not."""

import asyncio

import pytest

from tests.story.acting import (
    AMARA,
    ELENA,
    INGRID,
    JEN,
    KOFI,
    LEO,
    MARCUS,
    PRIYA,
    SAM,
    Acting,
    claim_button,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("user", [PRIYA, AMARA, MARCUS])
async def test_a_member_claims_with_one_click_and_everybody_sees_it(it: Acting, user: str) -> None:
    case = await it.opens()
    await it.click(user, case, "case_claim")
    # Slack shows a click as taken only when it is committed.
    assert await it.owner(case) == user
    said = await it.shows(case, f"<@{user}>", "✔ assigned")
    assert "Owner due" not in said
    assert it.buttons(case) == ["case_log_outreach", "case_log_conversation", "case_commit_action", "case_more"]
    await it.workspace.until(lambda: it.lines(case))
    assert [f"<@{user}> claimed the case." in line for line in it.lines(case)] == [True]


@pytest.mark.parametrize("user", [ELENA, SAM])
async def test_who_is_not_in_the_channel_is_told_to_join_it(it: Acting, user: str) -> None:
    case = await it.opens()
    said = await it.refused(user, case, "case_claim")
    assert "Only members of this programme's channel claim its cases. Join the channel first" in said
    assert f"ask <@{MARCUS}>" in said


async def test_the_team_that_owns_the_score_does_not_own_cases(it: Acting) -> None:
    case = await it.opens()
    said = await it.refused(INGRID, case, "case_claim")
    assert "Your team owns this programme's score" in said
    assert f"<@{MARCUS}> can give it to someone else." in said


async def test_a_click_from_an_account_that_is_switched_off_changes_nothing(it: Acting) -> None:
    case = await it.opens()
    said = await it.told(LEO, case.channel, it.presses(LEO, case, claim_button(str(case.id))))
    # Leo is in no channel of ours, so Slack has told us nothing of him.
    assert "Only" in said
    assert await it.owner(case) == ""


async def test_who_comes_second_is_told_who_was_first(it: Acting) -> None:
    case = await it.opens()
    await it.click(PRIYA, case, "case_claim")
    said = await it.told(JEN, case.channel, it.presses(JEN, case, claim_button(str(case.id))))
    assert f"<@{PRIYA}> owns this case already." in said
    assert await it.owner(case) == PRIYA


async def test_a_double_click_claims_once(it: Acting) -> None:
    case = await it.opens()
    said = await it.told(
        PRIYA,
        case.channel,
        asyncio.gather(*(it.presses(PRIYA, case, claim_button(str(case.id))) for _ in range(2))),
    )
    assert "You own this case already." in said
    assert await it.owner(case) == PRIYA
    assert [event.kind.value for event in await it.history(case.id)].count("claimed") == 1


async def test_an_old_card_of_a_closed_case_claims_nothing(it: Acting) -> None:
    case = await it.opens()
    assert not await it.withdraws(MARCUS, case, "test", "Our own test.")
    said = await it.told(JEN, case.channel, it.presses(JEN, case, claim_button(str(case.id))))
    assert "This case was closed (withdrawn)." in said
    assert await it.owner(case) == ""


@pytest.mark.parametrize("user", [PRIYA, MARCUS])
async def test_the_owner_or_a_lead_releases_and_the_card_asks_somebody_else(it: Acting, user: str) -> None:
    case = await it.opens(comment="Too slow.", csm_email="priya@acme.example", segment="")
    await it.shows(case, "to <@U0PRIYA>", "because Priya is the account's CSM")
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Release")
    await it.click(user, case, "case_release")
    assert await it.owner(case) == ""
    said = await it.shows(case, "Claim", "Owner due", "Priya (CSM) gave it back, so")
    assert "to <@U0PRIYA>" not in said
    told = "<@U0PRIYA> released the case." if user == PRIYA else f"<@{user}> took the case from <@U0PRIYA>."
    await it.workspace.until(lambda: any(told in line for line in it.lines(case)))
    if user == MARCUS:
        await it.workspace.until(lambda: it.messages_to(PRIYA, case))
        assert "gave" in it.messages_to(PRIYA, case)[-1]
        assert "back to the channel" in it.messages_to(PRIYA, case)[-1]
    else:
        assert it.messages_to(PRIYA, case) == []


async def test_only_the_owner_or_a_lead_releases(it: Acting) -> None:
    case = await it.opens()
    await it.click(PRIYA, case, "case_claim")
    await it.shows(case, "Release")
    said = await it.refused(KOFI, case, "case_release")
    assert f"<@{PRIYA}> owns this case; only they or a lead can release it." in said


async def test_what_nobody_owns_is_not_released(it: Acting) -> None:
    case = await it.opens()
    button = {"action_id": "case_release", "value": str(case.id)}
    said = await it.told(PRIYA, case.channel, it.presses(PRIYA, case, button))
    assert "Nobody owns this case, so there is nothing to release." in said
