"""The readout in Slack, from the draft to the decision: the Ask gate, who may, pressed twice, late, forged."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.readouts.test_in_slack import read_last, says
from tests.story.acting import ELENA, MARCUS, PRIYA, Acting, Shown, soon
from tests.support.shown import settled
from tests.support.story import RELATIONAL, surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXEC = "G0EXEC"
AFTER = datetime(2027, 1, 7, 16, 0, tzinfo=UTC)  # in New York, where Marcus is, a Thursday at eleven
Json = dict[str, Any]
GOOD: Json = {
    "ask_decision": {"field": "Give onboarding two engineers until June"},
    "ask_who": {"field": "Amara Nwosu"},
    "ask_action": {"field": "Hires them and starts on 1 March"},
    "ask_due": {"field": "2027-03-01"},
}
EMPTY: Json = {"ask_decision": {"field": ""}, "ask_who": {"field": ""}, "ask_action": {"field": ""}}


async def edits(it: Acting) -> Json:
    """The window that Edit… opens."""
    before = {view["id"] for view in it.workspace.views(MARCUS)}
    await it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "readout_edit")

    def opened() -> Json | None:
        return next((view for view in it.workspace.views(MARCUS) if view["id"] not in before), None)

    view: Json = await it.workspace.until(opened)
    return view


async def publishes(it: Acting) -> str:
    """What is read after Publish, where it is refused."""
    act = it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "readout_publish")
    before = len(it.workspace.ephemerals(MARCUS, RELATIONAL))
    await act
    await it.workspace.until(lambda: len(it.workspace.ephemerals(MARCUS, RELATIONAL)) > before)
    return words_of(read_last(it, MARCUS)).replace("\u2060", "")


def published(it: Acting) -> list[Json]:
    return [each for each in it.workspace.messages(EXEC) if surface_of(each).startswith("readout:")]


def pressable(message: Json) -> list[str]:
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


async def decides(it: Acting, user: str, action: str, **filled: Json) -> dict[str, str]:
    (message,) = published(it)
    before = {view["id"] for view in it.workspace.views(user)}
    await it.workspace.click(user, EXEC, message["ts"], action)
    view = await it.workspace.until(
        lambda: next((each for each in it.workspace.views(user) if each["id"] not in before), None)
    )
    return await it.submits(user, view, **filled)


async def test_from_the_draft_to_the_decision(it: Acting) -> None:
    await it.opens()
    await it.opens(score=4, comment="Onboarding <!channel> was *slow*, four months.")
    await who_may_not(it)
    await the_quarter_that_runs(it)
    await the_gate(it)
    await the_quarter_closes(it)
    await one_publishes(it)
    await a_stall(it)
    await a_decision(it)
    await what_comes_late(it)


async def who_may_not(it: Acting) -> None:
    assert "Only a lead of this programme writes its readout" in await says(it, "/nps readout", PRIYA)
    assert "A readout is about a quarter" in await says(it, "/nps readout 2026-11", MARCUS)
    assert "No readout has been published yet" in await says(it, "/nps decisions", PRIYA)


async def the_quarter_that_runs(it: Acting) -> None:
    """It can be written on, and not be published."""
    said = await says(it, "/nps readout", MARCUS)
    assert "Readout of Q4 2026 so far" in said
    assert "The Ask is missing" in said
    assert "NPS \u2212100 from 2 people" in said
    sections = [block for block in read_last(it, MARCUS)["blocks"] if block["type"] == "section"]
    assert "<!channel>" not in str(sections)
    assert "A readout without an Ask can't be published" in await publishes(it)


async def the_gate(it: Acting) -> None:
    await says(it, "/nps readout", MARCUS)
    view = await edits(it)
    vague = {**GOOD, "ask_decision": {"field": "Discuss onboarding and monitor it"}}
    errors = await it.submits(MARCUS, view, **vague)
    assert "“discuss” and “monitor” decide nothing" in errors["ask_decision"]
    errors = await it.submits(MARCUS, view, **{**GOOD, "ask_who": {"field": "Someone"}})
    assert "“Someone” names nobody" in errors["ask_who"]
    errors = await it.submits(MARCUS, view, **{**EMPTY, "ask_who": {"field": "Amara"}})
    assert set(errors) == {"ask_decision", "ask_action"}
    assert await it.submits(MARCUS, view, **GOOD) == {}
    await it.workspace.until(lambda: "two engineers" in words_of(read_last(it, MARCUS)))
    assert "Q4 2026 runs until Thu 31 Dec 2026" in await publishes(it)
    assert published(it) == []


async def the_quarter_closes(it: Acting) -> None:
    """Its lead is told once, and opens the draft from there."""
    it.workspace.advance((AFTER - it.story.bot.clock.now()).total_seconds())
    await soon(lambda: it.story.bot.clock.now() >= AFTER)
    await asyncio.gather(*(it.story.bot.chores.beat() for _ in range(2)))
    (told,) = await it.workspace.until(lambda: dms_with(it, "is over"))
    assert "Q4 2026 of Relational is over" in words_of(told)
    room = it.workspace.state.dm(MARCUS).id
    await it.workspace.click(MARCUS, room, told["ts"], "readout_open")
    opened = await it.workspace.until(lambda: it.workspace.ephemerals(MARCUS, room))
    assert "two engineers" in words_of(opened[-1])


async def one_publishes(it: Acting) -> None:
    """However often it is pressed."""
    await says(it, "/nps readout", MARCUS)
    ts = read_last(it, MARCUS)["ts"]
    await asyncio.gather(*(it.workspace.click(MARCUS, RELATIONAL, ts, "readout_publish") for _ in range(2)))
    await it.workspace.until(lambda: published(it))
    await it.workspace.until(lambda: "Published in" in words_of(read_last(it, MARCUS)))
    await settled(it.story)
    (message,) = published(it)
    assert "Amara Nwosu: Hires them and starts on 1 March. By Mon 1 Mar 2027." in words_of(message)
    assert pressable(message) == ["readout_yes", "readout_no", "readout_keep_monitoring"]
    assert pressable(read_last(it, MARCUS)) == []
    assert len(dms_with(it, "is published")) == 1


async def a_stall(it: Acting) -> None:
    """It leaves the Ask open."""
    assert await decides(it, ELENA, "readout_keep_monitoring", sentence={"field": "Not now"}) == {}
    await it.workspace.until(lambda: "We'll keep monitoring, says" in words_of(published(it)[0]).replace("\n", ""))
    assert pressable(published(it)[0]) == ["readout_yes", "readout_no", "readout_keep_monitoring"]
    assert "decided 0 of 1 (0 %), stalled 1 time" in await says(it, "/nps decisions", MARCUS)


async def a_decision(it: Acting) -> None:
    """It needs a sentence and a name."""
    errors = await decides(it, ELENA, "readout_yes", sentence={"field": "   "})
    assert set(errors) == {"sentence"}
    view, said = it.workspace.views(ELENA)[-1], {"sentence": {"field": "It costs us the most."}}
    assert await it.submits(ELENA, view, **said, decided_by={"field": "Ruth"}) == {}
    decided = await it.workspace.until(lambda: words_of(published(it)[0]) if not pressable(published(it)[0]) else "")
    assert "Yes, says Ruth: It costs us the most." in decided.replace("\n", "")
    listed = await says(it, "/nps decisions", MARCUS)
    assert "decided 1 of 1 (100 %), stalled 1 time" in listed
    assert "Give onboarding two engineers until June" in listed


async def what_comes_late(it: Acting) -> None:
    """Old buttons, and forged ones, of who may not: a sentence each, and nothing more is posted."""
    message = published(it)[0]
    forged = Shown(0, RELATIONAL, read_last(it, MARCUS)["ts"], "")
    for user, action, value in (
        (PRIYA, "readout_publish", "1:1"),
        (PRIYA, "readout_edit", "1:1"),
        (PRIYA, "readout_yes", "1:1"),
        (MARCUS, "readout_yes", "1:1"),
        (MARCUS, "readout_edit", "1:1"),
        (MARCUS, "readout_no", "9999:1"),
        (PRIYA, "readout_open", "x"),
        (MARCUS, "readout_edit", "1" * 2000),
    ):
        before = len(it.workspace.ephemerals(user, RELATIONAL))
        await it.presses(user, forged, {"action_id": action, "value": value})
        await it.workspace.until(
            lambda user=user, before=before: len(it.workspace.ephemerals(user, RELATIONAL)) > before
        )
        refused = words_of(it.workspace.ephemerals(user, RELATIONAL)[-1])
        assert "reference" not in refused, (user, action, value, refused)
        assert refused.count("\n") == 0
    await settled(it.story)
    assert published(it) == [message]


def dms_with(it: Acting, words: str) -> list[Json]:
    return [each for each in it.workspace.dms(MARCUS) if words in words_of(each)]
