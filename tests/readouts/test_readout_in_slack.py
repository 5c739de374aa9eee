"""The readout in Slack, from the draft to the decision: the Ask gate, who may, pressed twice, late, forged."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.readouts.test_in_slack import read_last, says
from tests.story.acting import ELENA, MARCUS, PRIYA, Acting, Shown, soon
from tests.story.steps.working import now
from tests.support.quarters import after_quarter, in_one_quarter, quarter_name
from tests.support.shown import settled
from tests.support.story import RELATIONAL, surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXEC = "G0EXEC"
Json = dict[str, Any]
ASK: Json = {
    "ask_decision": {"field": "Give onboarding two engineers until June"},
    "ask_who": {"field": "Amara Nwosu"},
    "ask_action": {"field": "Hires them and starts on 1 March"},
}
EMPTY: Json = {"ask_decision": {"field": ""}, "ask_who": {"field": ""}, "ask_action": {"field": ""}}


def good(it: Acting) -> Json:
    """An Ask that can be published now, and still when the quarter is over."""
    return {**ASK, "ask_due": {"field": by_when(it).isoformat()}}


def by_when(it: Acting) -> date:
    return (now(it) + timedelta(days=150)).date()


async def edits(it: Acting) -> Json:
    """The window that Edit… opens."""
    before = {view["id"] for view in it.workspace.views(MARCUS)}
    await it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "readout_edit")

    def opened() -> Json | None:
        return next((view for view in it.workspace.views(MARCUS) if view["id"] not in before), None)

    view: Json = await it.workspace.until(opened)
    return view


async def moves_to(it: Acting, at: datetime) -> None:
    it.workspace.advance((at - now(it)).total_seconds())
    await soon(lambda: now(it) >= at)


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
    quarter, ask = quarter_name(await in_one_quarter(it, days=1)), good(it)
    due = date.fromisoformat(ask["ask_due"]["field"])
    await it.opens()
    await it.opens(score=4, comment="Onboarding <!channel> was *slow*, four months.")
    await who_may_not(it)
    await the_quarter_that_runs(it, quarter)
    await the_gate(it, quarter, ask)
    await the_quarter_closes(it, quarter)
    await one_publishes(it, f"By {due:%a} {due.day} {due:%b %Y}.")
    await a_stall(it)
    await a_decision(it)
    await what_it_changed(it)
    await what_comes_late(it)


async def who_may_not(it: Acting) -> None:
    assert "Only a lead of this programme writes its readout" in await says(it, "/nps readout", PRIYA)
    assert "A readout is about a quarter" in await says(it, "/nps readout 2026-11", MARCUS)
    assert "No readout has been published yet" in await says(it, "/nps decisions", PRIYA)


async def the_quarter_that_runs(it: Acting, quarter: str) -> None:
    """It can be written on, and not be published."""
    said = await says(it, "/nps readout", MARCUS)
    assert f"Readout of {quarter} so far" in said
    assert "The Ask is missing" in said
    assert "NPS \u2212100 from 2 people" in said
    sections = [block for block in read_last(it, MARCUS)["blocks"] if block["type"] == "section"]
    assert "<!channel>" not in str(sections)
    assert "A readout without an Ask can't be published" in await publishes(it)


async def the_gate(it: Acting, quarter: str, ask: Json) -> None:
    await says(it, "/nps readout", MARCUS)
    view = await edits(it)
    vague = {**ask, "ask_decision": {"field": "Discuss onboarding and monitor it"}}
    errors = await it.submits(MARCUS, view, **vague)
    assert "“discuss” and “monitor” decide nothing" in errors["ask_decision"]
    errors = await it.submits(MARCUS, view, **{**ask, "ask_who": {"field": "Someone"}})
    assert "“Someone” names nobody" in errors["ask_who"]
    errors = await it.submits(MARCUS, view, **{**EMPTY, "ask_who": {"field": "Amara"}})
    assert set(errors) == {"ask_decision", "ask_action"}
    assert await it.submits(MARCUS, view, **ask) == {}
    await it.workspace.until(lambda: "two engineers" in words_of(read_last(it, MARCUS)))
    last = after_quarter(now(it)).replace(day=1) - timedelta(days=1)
    assert f"{quarter} runs until {last:%a %d %b %Y}" in await publishes(it)
    assert published(it) == []


async def the_quarter_closes(it: Acting, quarter: str) -> None:
    """Its lead is told once, and opens the draft from there."""
    await moves_to(it, after_quarter(now(it)))
    await asyncio.gather(*(it.story.bot.chores.beat() for _ in range(2)))
    (told,) = await it.workspace.until(lambda: dms_with(it, "is over"))
    assert f"{quarter} of Relational is over" in words_of(told)
    room = it.workspace.state.dm(MARCUS).id
    await it.workspace.click(MARCUS, room, told["ts"], "readout_open")
    opened = await it.workspace.until(lambda: it.workspace.ephemerals(MARCUS, room))
    assert "two engineers" in words_of(opened[-1])


async def one_publishes(it: Acting, until: str) -> None:
    """However often it is pressed."""
    await says(it, "/nps readout", MARCUS)
    ts = read_last(it, MARCUS)["ts"]
    await asyncio.gather(*(it.workspace.click(MARCUS, RELATIONAL, ts, "readout_publish") for _ in range(2)))
    await it.workspace.until(lambda: published(it))
    await it.workspace.until(lambda: "Published in" in words_of(read_last(it, MARCUS)))
    await settled(it.story)
    (message,) = published(it)
    assert f"Amara Nwosu: Hires them and starts on 1 March. {until}" in words_of(message)
    assert pressable(message) == ["readout_yes", "readout_no", "readout_keep_monitoring"]
    assert pressable(read_last(it, MARCUS)) == []
    assert len(dms_with(it, "is published")) == 1


async def a_stall(it: Acting) -> None:
    """It leaves the Ask open."""
    assert await decides(it, ELENA, "readout_keep_monitoring", sentence={"field": "Not now"}) == {}
    await it.workspace.until(lambda: "We'll keep monitoring, says" in words_of(published(it)[0]).replace("\n", ""))
    assert pressable(published(it)[0]) == ["readout_yes", "readout_no", "readout_keep_monitoring"]
    assert "0 of 1 Ask decided (0 %), 1 stalled" in await says(it, "/nps decisions", MARCUS)


async def a_decision(it: Acting) -> None:
    """It needs a sentence and a name."""
    errors = await decides(it, ELENA, "readout_yes", sentence={"field": "   "})
    assert set(errors) == {"sentence"}
    view, said = it.workspace.views(ELENA)[-1], {"sentence": {"field": "It costs us the most."}}
    assert await it.submits(ELENA, view, **said, decided_by={"field": "Ruth"}) == {}
    decided = await it.workspace.until(lambda: words_of(published(it)[0]) if not pressable(published(it)[0]) else "")
    assert "Yes, says Ruth: It costs us the most." in decided.replace("\n", "")
    listed = await says(it, "/nps decisions", MARCUS)
    assert "1 of 1 Ask decided (100 %) · 1 stall in all" in listed
    assert "Give onboarding two engineers until June" in listed


async def what_it_changed(it: Acting) -> None:
    """A lead writes it down in the list, and puts it right; others read it."""
    assert "What it changed…" not in await says(it, "/nps decisions", PRIYA)
    assert "no decision changed product, process or policy" in await says(it, "/nps decisions", MARCUS)
    view = await notes(it)
    errors = await it.submits(MARCUS, view, **effect(view, "product", " \u200b "))
    assert errors == {"sentence": "Write one sentence that says what is different, or why nothing is."}
    assert await it.submits(MARCUS, view, **effect(view, "product", "Two engineers <!here> have started")) == {}
    said = await list_says(it, "It changed the product: Two engineers <!here> have started.")
    assert "1 decision changed product, process or policy in the last 90 days" in said
    view = await notes(it)
    assert await it.submits(MARCUS, view, **effect(view, "nothing", "They left again")) == {}
    said = await list_says(it, "It has changed nothing so far: They left again.")
    assert "no decision changed product, process or policy" in said
    assert "They left again" in await says(it, "/nps decisions", PRIYA)


async def notes(it: Acting) -> Json:
    """The window that *What it changed…* opens."""
    before = {view["id"] for view in it.workspace.views(MARCUS)}
    await it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "readout_effect")

    def opened() -> Json | None:
        return next((view for view in it.workspace.views(MARCUS) if view["id"] not in before), None)

    view: Json = await it.workspace.until(opened)
    return view


def effect(view: Json, kind: str, sentence: str) -> Json:
    chooser = next(block["element"] for block in view["blocks"] if block["block_id"] == "kind")
    option = next(option for option in chooser["options"] if option["value"] == kind)
    return {"kind": {"field": {"selected_option": option}}, "sentence": {"field": sentence}}


async def list_says(it: Acting, words: str) -> str:
    """The list that was read, as soon as these words stand in it."""

    def there() -> str:
        said = words_of(read_last(it, MARCUS)).replace("\n", "").replace("\u2060", "")
        return said if words in said else ""

    return str(await it.workspace.until(there))


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
        (PRIYA, "readout_effect", "1:1:1"),
        (MARCUS, "readout_effect", "9999:1:1"),
        (MARCUS, "readout_effect", "1:1"),
        (MARCUS, "decisions_next", "0"),
        (MARCUS, "decisions_back", "x" * 2000),
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
