"""The whole recovery by clicks alone, and what card, thread and messages say on the way."""

import pytest

from recovery.cases.case import EventKind, Outcome, State
from recovery.cases.steps import FollowUpResult
from tests.story.acting import JEN, MARCUS, PRIYA, Acting, Shown
from tests.story.steps.working import (
    BROKEN,
    HELD,
    SLIPPED,
    later,
    logs,
    now_shown,
    owned,
    said,
    sends,
    window,
    workday,
)
from tests.support.shown import settled

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_from_outreach_to_recovered(it: Acting) -> None:
    case = await owned(it)
    assert it.buttons(case)[0] == "case_log_outreach"
    await later(it, hours=1)
    await logs(it, PRIYA, case, "outreach")
    await it.shows(case, "✔ outreach", "● conversation due")

    await later(it, days=1)
    await logs(it, PRIYA, case, "conversation")
    await it.shows(case, "✔ conversation", "● action due")

    await promises_vaguely(it, case)
    await it.shows(case, "✔ action", "● follow-up due", "🟢")

    await later(it, days=5)
    await logs(it, PRIYA, case, "follow_up", **SLIPPED, new_due=workday(it, 20))
    await it.shows(case, "first promised for")
    await later(it, days=20)
    await logs(it, PRIYA, case, "follow_up", **BROKEN)
    await it.shows(case, "● new action due", "broken")
    assert it.buttons(case)[0] == "case_commit_action"
    assert "case_follow_up" not in it.buttons(case)

    await logs(it, PRIYA, case, "action")
    await it.shows(case, "✔ action", "● follow-up due")
    await later(it, days=30)
    await logs(it, PRIYA, case, "follow_up", **HELD)
    await it.shows(case, "✔ follow-up", "ready to close")
    assert it.buttons(case)[0] == "case_close"

    closed = await logs(it, PRIYA, case, "close", outcome="recovered")
    assert (closed.kind, closed.after) == (EventKind.CLOSED, "recovered")
    await it.shows(case, "Recovered by", PRIYA)
    now = await it.case(case.id)
    assert (now.state, now.outcome, now.owner) == (State.CLOSED, Outcome.RECOVERED, PRIYA)
    progress = now.progress
    assert (progress.slips, progress.breaks, progress.commitments) == (1, 1, 2)
    assert progress.follow_up_result is FollowUpResult.HELD

    await settled(it.story)
    events = await it.history(case.id)
    silent = {EventKind.OPENED, EventKind.FLAGGED}
    assert len(it.lines(case)) == len([event for event in events if event.kind not in silent])
    kinds = [event.kind.value for event in events if event.kind not in silent]
    assert kinds == [
        "claimed",
        "outreach_logged",
        "conversation_logged",
        "action_committed",
        "follow_up_logged",
        "follow_up_logged",
        "action_committed",
        "follow_up_logged",
        "closed",
    ]
    assert {event.actor for event in events if event.kind not in silent} == {PRIYA}


async def test_a_lead_reopens_and_the_case_goes_on(it: Acting) -> None:
    case = await owned(it)
    await logs(it, PRIYA, case, "outreach")
    await it.shows(case, "✔ outreach")
    await logs(it, PRIYA, case, "close", outcome="churned", reason="They left on Friday.")
    await it.shows(case, "Churned", "They left on Friday.")
    reopened = await logs(it, MARCUS, case, "reopen", reason="They came back.")
    assert reopened.kind is EventKind.REOPENED
    await it.shows(case, "✔ outreach", "● conversation")
    now = await it.case(case.id)
    assert (now.state, now.owner, now.outcome) == (State.CLAIMED, PRIYA, None)
    await logs(it, PRIYA, case, "conversation")


async def promises_vaguely(it: Acting, case: Shown) -> None:
    """A promise that commits nobody is challenged, and stands once it is ticked."""
    view = await window(it, PRIYA, case, "action")
    promise = {"kind": "fix", "person": PRIYA, "partner": JEN, "due": workday(it, 10)}
    vague = {**promise, "deliverable": "Jen ships the importer fix soon; we look into the rest."}
    version = (await it.case(case.id)).version
    answer = await sends(it, PRIYA, view, **vague)
    assert answer == {"response_action": "update", "errors": {}}
    assert (await it.case(case.id)).version == version
    view = now_shown(it, PRIYA, view)
    for words in ("“look into” commits nobody", "“soon” commits nobody", "For example: “Engineering ships CSV export"):
        assert words in said(view)
    assert await sends(it, PRIYA, view, challenged=True) == {"response_action": "close", "errors": {}}
    event = (await it.history(case.id))[-1]
    assert event.kind is EventKind.ACTION_COMMITTED
    assert event.details["challenged"] == '["soon", "look into"]'
    assert event.details["deliverable"] == vague["deliverable"]
