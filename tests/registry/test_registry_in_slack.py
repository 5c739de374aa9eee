"""The action registry in Slack: from the message that one opened to what came of it; who may, twice, late, forged."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from demo.transport.acks import Ack
from recovery.figures.periods import quarter_of
from recovery.readouts.registry import ItemState
from store.figures import registry as rows
from tests.readouts.test_in_slack import read_last, says
from tests.story.acting import AMARA, JEN, MARCUS, ONBOARDING, PRIYA, SAM, Acting, Shown, soon, values
from tests.story.steps.working import now, workday
from tests.support.quarters import in_one_quarter
from tests.support.shown import settled
from tests.support.story import RELATIONAL, surface_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
INVOICE = "The invoice is wrong <!channel> and *nobody* corrects it"
PLAN: Json = {
    "deliverable": {"field": "Finance checks every invoice before it goes out"},
    "owner": {"field": AMARA},
    "criterion": {"field": "No invoice of January has to be corrected"},
}


def planned(it: Acting, ahead: int = 28, **changed: Json) -> Json:
    """A plan that is taken; due on a working day at least so many days from now."""
    return {**PLAN, "due": {"field": workday(it, ahead)}, **changed}


def is_shown(day: Json) -> str:
    """As people read the day of a plan."""
    found = date.fromisoformat(day["field"])
    return f"{found:%a} {found.day} {found:%b %Y}"


async def opened(it: Acting, tag: str = "invoices are wrong", customers: int = 1) -> int:
    """An item with so many customers behind it, without the search for it."""
    cases = [await it.opens(comment=INVOICE) for _ in range(customers)]
    async with it.story.bot.db.write() as tx:
        item = await rows.open_item(tx, "relational", (tag, tag), quarter_of(tx.now))
        assert item is not None
        await rows.link(tx, item.id, [case.id for case in cases])
    return item.id


def told(it: Acting, user: str, item: int, part: str = "") -> list[Json]:
    """The messages about the item that a person has."""
    return [each for each in it.workspace.dms(user) if surface_of(each).startswith(f"item:{item}:{part}")]


async def opens(it: Acting, user: str, channel: str, ts: str, action: str, item: int) -> Json:
    """The window that a button of the item opens."""
    before = {view["id"] for view in it.workspace.views(user)}
    await it.workspace.click(user, channel, ts, action, block_id=f"registry:{item}:actions")

    def there() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(there)
    return view


async def from_list(it: Acting, user: str, action: str, item: int) -> Json:
    await says(it, "/nps actions", user)
    return await opens(it, user, RELATIONAL, read_last(it, user)["ts"], action, item)


def pressable(message: Json, item: int) -> list[str]:
    """What can be pressed about this item."""
    return [
        element["action_id"]
        for block in message["blocks"]
        if block.get("block_id") == f"registry:{item}:actions"
        for element in block["elements"]
    ]


async def state(it: Acting, item: int) -> ItemState:
    async with it.story.bot.db.read() as tx:
        found = await rows.get(tx, item)
    assert found is not None
    return found.state


async def at(it: Acting, day: str, hour: int) -> None:
    """Moves to a full hour (UTC) of the day."""
    moment = datetime.fromisoformat(f"{day}T{hour:02}:00:00Z")
    it.workspace.advance((moment - now(it)).total_seconds())
    await soon(lambda: now(it) >= moment)


async def test_from_the_fifth_customer_to_what_came_of_it(it: Acting) -> None:
    await in_one_quarter(it, days=42)
    await at(it, workday(it, 1), 15)  # ten or eleven in New York, where Marcus is
    await it.opens(comment="Reports take minutes to load.")
    for _ in range(5):
        await it.opens(comment=INVOICE)
    await asyncio.gather(*(it.story.bot.systemic.beat() for _ in range(2)))
    (message,) = await it.workspace.until(
        lambda: [m for m in it.workspace.dms(MARCUS) if "say the same" in words_of(m)]
    )
    item = int(surface_of(message).split(":")[1])
    assert "5 customers say the same" in words_of(message)
    assert pressable(message, item) == ["registry_plan", "registry_drop"]
    sections = [block for block in message["blocks"] if block["type"] == "section"]
    assert "<!channel>" not in str(sections)
    assert "<!channel>" not in message["text"]
    plan = planned(it)
    await the_gate(it, message, item, plan)
    await its_owner_hears_and_finishes_it(it, item, plan["due"]["field"])


async def the_gate(it: Acting, message: Json, item: int, plan: Json) -> None:
    """What can't be held against anybody is refused at its field, and nothing typed is lost."""
    room = it.workspace.state.dm(MARCUS).id
    view = await opens(it, MARCUS, room, message["ts"], "registry_plan", item)
    gone = {"field": (now(it) - timedelta(days=3)).date().isoformat()}
    for change, field, said in (
        ({"criterion": {"field": "Improve invoicing"}}, "criterion", "“improve” can't be checked"),
        ({"deliverable": {"field": "Monitor invoices"}}, "deliverable", "“monitor” changes nothing"),
        ({"due": gone}, "due", f"{is_shown(gone)} has passed"),
        ({"owner": {"field": "U0WINBACK"}}, "owner", "is an app"),
    ):
        errors = await it.submits(MARCUS, view, **{**plan, **change})
        assert set(errors) == {field}
        assert said in errors[field]
    assert await it.submits(MARCUS, view, **plan) == {}
    ts = message["ts"]
    await it.workspace.until(lambda: "Finance checks" in words_of(by_ts(it, MARCUS, ts)))
    assert pressable(by_ts(it, MARCUS, ts), item) == ["registry_plan", "registry_done", "registry_drop"]


async def its_owner_hears_and_finishes_it(it: Acting, item: int, day: str) -> None:
    (given,) = await it.workspace.until(lambda: told(it, AMARA, item, "owner"))
    assert "You look after an action now" in words_of(given)
    assert pressable(given, item) == ["registry_done"]
    await at(it, day, 10)
    await asyncio.gather(*(it.story.bot.systemic.beat() for _ in range(2)))
    (due,) = await it.workspace.until(lambda: told(it, AMARA, item, "due"))
    assert "The day of your action has come" in words_of(due)
    room = it.workspace.state.dm(AMARA).id
    view = await opens(it, AMARA, room, due["ts"], "registry_done", item)
    assert "No invoice of January has to be corrected" in words_of(view)
    assert "what came of it" in (await it.submits(AMARA, view, evidence={"field": " . "}))["evidence"]
    done = {"evidence": {"field": "Three of 410 were wrong; they were found before."}}
    assert await it.submits(AMARA, view, **done) == {}
    await settled(it.story)
    for user in (AMARA, MARCUS):
        for message in told(it, user, item):
            assert f"<@{AMARA}> has marked this action as done" in words_of(message)
            assert "Three of 410" in words_of(message)
            assert pressable(message, item) == []
    assert "Closed in the last 90 days: 1 done." in await says(it, "/nps actions", MARCUS)
    await the_next_day(it)


async def the_next_day(it: Acting) -> None:
    """Nothing is said once more."""
    before = len(it.workspace.dms(MARCUS)), len(it.workspace.dms(AMARA))
    await at(it, workday(it, 1), 15)
    await it.story.bot.systemic.beat()
    await settled(it.story)
    after = [m for m in it.workspace.dms(MARCUS)[before[0] :] if surface_of(m).startswith("item:")]
    assert (after, len(it.workspace.dms(AMARA))) == ([], before[1])


async def test_the_list_is_planned_changed_and_dropped_from(it: Acting) -> None:
    item = await opened(it, "exports lose columns", customers=2)
    view = await from_list(it, MARCUS, "registry_plan", item)
    plan = planned(it)
    assert await it.submits(MARCUS, view, **plan) == {}
    await it.workspace.until(lambda: "Finance checks" in words_of(read_last(it, MARCUS)))
    assert pressable(read_last(it, MARCUS), item) == ["registry_plan", "registry_done", "registry_drop"]
    view = await from_list(it, MARCUS, "registry_plan", item)
    assert plan["due"]["field"] in str(view)
    changed = planned(it, 60, owner={"field": JEN})
    assert await it.submits(MARCUS, view, **changed) == {}
    await settled(it.story)
    (before,), (after,) = told(it, AMARA, item), told(it, JEN, item)
    assert f"<@{JEN}> looks after this action now" in words_of(before)
    assert pressable(before, item) == []
    assert is_shown(changed["due"]) in words_of(after)
    view = await from_list(it, MARCUS, "registry_drop", item)
    assert await it.submits(MARCUS, view, reason={"field": "The exporter is replaced in March."}) == {}
    await settled(it.story)
    assert await state(it, item) is ItemState.DROPPED
    assert f"<@{MARCUS}> has dropped this action" in words_of(told(it, JEN, item)[0])
    assert "exports lose columns" not in words_of(read_last(it, MARCUS))


async def test_two_leads_at_once_and_the_same_sent_twice(it: Acting) -> None:
    item = await opened(it, "two at once")
    # Two windows on two devices; the workspace of the tests shows a person one at a time.
    windows = [await from_list(it, MARCUS, "registry_plan", item) for _ in range(2)]
    plan = planned(it)
    assert await it.submits(MARCUS, windows[1], **plan) == {}
    await settled(it.story)
    # Slack delivers what it had no answer for once more: the same is done already.
    assert not (await handed_in(it, MARCUS, windows[1], typed(plan))).payload
    other = {**plan, "criterion": {"field": "Nobody writes to us about invoices in March"}}
    answer = await handed_in(it, MARCUS, windows[0], typed(other))
    assert "was changed while the window was open" in answer.payload["errors"]["deliverable"]
    assert len(told(it, AMARA, item)) == 1
    done, drop = [await from_list(it, MARCUS, action, item) for action in ("registry_done", "registry_drop")]
    assert await it.submits(MARCUS, drop, reason={"field": "Too rare."}) == {}
    answer = await handed_in(it, MARCUS, done, typed({"evidence": {"field": "It held."}}))
    assert "Marcus" in answer.payload["errors"]["evidence"]
    assert "marked it as dropped" in answer.payload["errors"]["evidence"]
    assert not (await handed_in(it, MARCUS, drop, typed({"reason": {"field": "Too rare."}}))).payload
    assert await state(it, item) is ItemState.DROPPED


async def test_who_may_not(it: Acting) -> None:
    item = await opened(it, "who may not")
    await says(it, "/nps actions", PRIYA)
    assert pressable(read_last(it, PRIYA), item) == []
    assert "You see no programme's cases yet" in await says(it, "/nps actions", SAM, "C0GENERAL")
    assert "Only members of this programme's channel" in await says(it, "/nps actions relational", SAM, "C0GENERAL")
    for user, action, words in (
        (PRIYA, "registry_plan", "Only a lead of this programme plans its actions"),
        (PRIYA, "registry_drop", "Only a lead of this programme plans its actions"),
        (PRIYA, "registry_done", "has no plan yet"),
        (MARCUS, "registry_done", "has no plan yet"),
    ):
        assert words in await forged(it, user, action, f"{item}:1")
    view = await from_list(it, MARCUS, "registry_plan", item)
    plan = planned(it)
    for user in (PRIYA, SAM):
        errors = (await handed_in(it, user, view, typed(plan))).payload["errors"]
        assert "Only a lead of this programme" in errors["deliverable"]
    view["callback_id"] = "registry_done"
    assert "no plan yet" in str((await handed_in(it, MARCUS, view, typed({"evidence": {"field": "It held."}}))).payload)
    assert await state(it, item) is ItemState.OPEN


@pytest.mark.parametrize(
    "action", ["registry_plan", "registry_done", "registry_drop", "registry_next", "registry_share"]
)
@pytest.mark.parametrize("value", ["", "x", "9" * 1999, "999999:1", "-1:1", "gone|1", "relational|0", "1:1:1"])
async def test_a_forged_button_is_refused_in_words(it: Acting, action: str, value: str) -> None:
    said = await forged(it, MARCUS, action, value)
    assert "Type `/nps actions` once more" in said


@pytest.mark.parametrize(
    "carried", ["", "[]", "[1]", "{}", "[[1, 2], 1, 1, 1]", '[99999999, 1, 1, ""]', "[" * 2000, '["1", 1, 1, ""]']
)
async def test_a_forged_window_is_refused_in_words(it: Acting, carried: str) -> None:
    item = await opened(it, f"forged {carried[:20]}")
    view = await from_list(it, MARCUS, "registry_plan", item)
    answer = await handed_in(it, MARCUS, {**view, "private_metadata": carried}, typed(planned(it)))
    assert "Type `/nps actions` once more" in answer.payload["errors"]["deliverable"]
    for bent in ({}, {"owner": {"field": {"selected_user": ["U1"]}}}, {"due": {"field": {"selected_date": "never"}}}):
        answer = await handed_in(it, MARCUS, view, {**typed(planned(it)), **bent} if bent else {})
        assert answer.payload["errors"]
        assert "reference" not in str(answer.payload)
    async with it.story.bot.db.write() as tx:
        found = await rows.get(tx, item)
        assert found is not None
        assert found.plan is None
        await rows.close(tx, found, ItemState.DROPPED, "x", MARCUS)


async def test_pages_and_other_programmes(it: Acting) -> None:
    items = [await opened(it, f"theme number {number}") for number in range(6)]
    said = await says(it, "/nps actions", MARCUS)
    assert "Page 1 of 2" in said
    assert "Other programmes: `/nps actions onboarding`" in said
    ts = read_last(it, MARCUS)["ts"]
    await it.workspace.click(MARCUS, RELATIONAL, ts, "registry_next")
    await it.workspace.until(lambda: "Page 2 of 2" in words_of(read_last(it, MARCUS)))
    await it.workspace.click(MARCUS, RELATIONAL, ts, "registry_back")
    await it.workspace.until(lambda: "Page 1 of 2" in words_of(read_last(it, MARCUS)))
    assert "none is open" in await says(it, "/nps actions onboarding", MARCUS)
    assert "The registry has no periods" in await says(it, "/nps actions last quarter", MARCUS)
    assert "did you mean" in await says(it, "/nps actions relationl", MARCUS)
    for item in items[1:]:
        async with it.story.bot.db.write() as tx:
            found = await rows.get(tx, item)
            assert found is not None
            await rows.close(tx, found, ItemState.DROPPED, "x", MARCUS)
    # The second page is gone by now: it is the last one.
    assert "theme number 0" in await forged(it, MARCUS, "registry_next", "relational|2", answers=False)


async def test_the_channel_gets_it_once(it: Acting) -> None:
    await opened(it, "worth sharing", customers=2)
    await says(it, "/nps actions", PRIYA)
    ts = read_last(it, PRIYA)["ts"]
    shared = lambda: [m for m in it.workspace.messages(RELATIONAL) if surface_of(m).startswith("shared:")]  # noqa: E731
    before = len(shared())
    await asyncio.gather(*(it.workspace.click(PRIYA, RELATIONAL, ts, "registry_share") for _ in range(2)))
    await it.workspace.until(lambda: len(shared()) > before)
    await it.workspace.until(lambda: f"Shared in <#{RELATIONAL}>" in words_of(read_last(it, PRIYA)))
    await settled(it.story)
    (message,) = shared()[before:]
    assert "worth sharing" in words_of(message)
    assert f"Shared by <@{PRIYA}>" in words_of(message)
    assert not [block for block in message["blocks"] if block["type"] == "actions"]
    await says(it, "/nps actions relational", MARCUS, ONBOARDING)
    assert "registry_share" not in str(read_last(it, MARCUS, ONBOARDING)["blocks"])
    assert f"Type the command in <#{RELATIONAL}>" in await forged(
        it, MARCUS, "registry_share", "relational|1", channel=ONBOARDING
    )


async def forged(
    it: Acting, user: str, action: str, value: str, *, channel: str = RELATIONAL, answers: bool = True
) -> str:
    """What is read after a press that no list of ours offers; without `answers` the list itself is replaced."""
    await says(it, "/nps help", user, channel)
    message = read_last(it, user, channel)
    before = len(it.workspace.ephemerals(user, channel))
    await it.presses(user, Shown(0, channel, message["ts"], ""), {"action_id": action, "value": value})
    if answers:
        await it.workspace.until(lambda: len(it.workspace.ephemerals(user, channel)) > before)
    else:
        await it.workspace.until(lambda: words_of(read_last(it, user, channel)) != words_of(message))
    said = words_of(read_last(it, user, channel))
    assert "reference" not in said
    return said


def typed(filled: Json) -> Json:
    """What stands in the inputs, as Slack sends it."""
    kinds = {"owner": "selected_user", "due": "selected_date"}
    return {block: {"field": {kinds.get(block, "value"): found["field"]}} for block, found in filled.items()}


async def handed_in(it: Acting, user: str, view: Json, filled: Json) -> Ack:
    """A window as somebody sends it who has their own client."""
    return await it.hands_in(user, view, values(filled))


def by_ts(it: Acting, user: str, ts: str) -> Json:
    found: Json = next(message for message in it.workspace.dms(user) if message["ts"] == ts)
    return found
