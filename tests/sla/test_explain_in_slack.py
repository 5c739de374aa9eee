"""`/nps explain` in the workspace: only who may see a case reads why it is due when it is."""

import re
from datetime import timedelta

import pytest

from tests.people.test_commands import says
from tests.story.acting import ELENA, KOFI, MARCUS, ONBOARDING, PRIYA, SAM, TOMAS, Acting, Shown
from tests.story.steps.working import epoch, logs, now, owned, sends

pytestmark = pytest.mark.asyncio(loop_scope="module")
GENERAL = "C0GENERAL"


async def test_every_step_with_its_rule(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    said = await says(it, f"/nps explain {case.id}")
    assert f"Why case {case.id}, {case.customer}, is due when it is:" in said
    assert "so the limits of the ladder count" in said
    assert "4 business hours after the flag" in said
    assert "48 hours after the submission" in said
    assert "7 days after the submission" in said
    assert "its time starts when an action is committed" in said
    assert said.count("in time") == 2
    for line in (f"/nps EXPLAIN #{case.id}", f"/nps  explain   0{case.id} "):
        assert case.customer in await says(it, line)


async def test_what_the_clock_says_next_and_to_whom(it: Acting) -> None:
    case = await owned(it, segment="enterprise")
    await logs(it, PRIYA, case, "outreach", result="bounced", note="")
    lines = await coming(it, case)
    assert [line.split(":")[0] for line in lines] == [
        "• first reminder of outreach",
        "• second reminder of outreach",
        "• outreach is overdue",
        "• outreach is still overdue",
    ]
    for line in lines[:2]:
        assert mentions(line) == {PRIYA}
    assert mentions(lines[2]) == {PRIYA, ELENA, TOMAS}
    assert mentions(lines[3]) == {ELENA, TOMAS}
    first, second = (int(re.findall(r"date\^(\d+)", line)[0]) for line in lines[:2])
    assert now(it).timestamp() < first <= second

    view = await it.opens_modal(PRIYA, case, "case_more", value=f"pause:{case.id}")
    until = epoch(now(it) + timedelta(days=2))
    sent = await sends(it, PRIYA, view, kind="snooze", until=until, reason="Fair week.")
    assert sent["response_action"] == "close", sent
    said = await says(it, f"/nps explain {case.id}")
    assert "nothing until" in said
    assert "because the case is snoozed" in said
    assert "reminder of outreach" not in said


async def test_without_an_owner_the_leads_hear_and_of_a_closed_case_nobody(it: Acting) -> None:
    case = await it.opens(segment="")
    lines = await coming(it, case)
    assert len(lines) == 4
    for line in lines:
        hearing = {MARCUS} if "reminder" in line else {ELENA} if "still" in line else {MARCUS, ELENA}
        assert mentions(line) == hearing, line
    assert await it.withdraws(MARCUS, case, "test", "Our own test.") == {}
    assert "What comes next" not in await says(it, f"/nps explain {case.id}")


async def coming(it: Acting, case: Shown) -> list[str]:
    said = await says(it, f"/nps explain {case.id}")
    lines = said[said.index("What comes next") :].split("\n")[1:]
    return [line for line in lines if line.startswith("• ")]


def mentions(line: str) -> set[str]:
    return set(re.findall(r"<@(\w+)>", line))


async def test_the_tier_is_named_with_what_it_asks(it: Acting) -> None:
    case = await it.opens(ONBOARDING, acv=1000)
    said = await says(it, f"/nps explain {case.id}", MARCUS, ONBOARDING)
    assert "the tier *Light*" in said
    assert "the programme is onboarding (asked: onboarding)" in said
    assert "the ACV is 1000 (asked: less than 5000)" in said
    assert said.count("not needed; its tier does without it") == 3
    other = await it.opens(ONBOARDING, acv=5000)
    said = await says(it, f"/nps explain {other.id}", MARCUS, ONBOARDING)
    assert "Not “Light”: the ACV is 5000, and it asks for less than 5000." in said


async def test_a_case_of_a_tier_without_an_action_closes_as_recovered(it: Acting) -> None:
    case = await it.opens(ONBOARDING, acv=1000)
    await it.click(MARCUS, case, "case_claim")
    shown = await it.shows(case, MARCUS)
    assert "conversation" not in shown.split("outreach due")[1].split("\n")[0]
    await logs(it, MARCUS, case, "outreach")
    await it.shows(case, "ready to close")
    await logs(it, MARCUS, case, "close", outcome="recovered")
    await it.shows(case, "Recovered by")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("explain", "Which case? Type its number"),
        ("explain northwind", "Which case? Type its number"),
        ("explain 999999", "There is no case 999999."),
        ("explain " + "9" * 400, "out of date"),
    ],
)
async def test_what_is_no_case_is_told_in_words(it: Acting, typed: str, answer: str) -> None:
    assert answer in await says(it, f"/nps {typed}", KOFI)


async def test_strangers_read_nothing(it: Acting) -> None:
    case = await owned(it)
    said = await says(it, f"/nps explain {case.id}", SAM, GENERAL)
    assert "Only members of this programme's channel see its cases." in said
    assert case.customer not in said
