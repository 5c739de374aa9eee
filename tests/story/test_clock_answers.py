"""An escalation and what its readers press: said in place, everywhere, and to nobody twice."""

import asyncio
from pathlib import Path

from store.cases import alarms
from store.cases.alarms import AlarmRow
from tests.story.acting import ELENA, JEN, MARCUS, PRIYA, TOMAS, Acting, Shown
from tests.story.conftest import acting
from tests.story.steps.working import later, logs, owned
from tests.story.telling import answers, hears, offered, plain, reads, told, until_monday, value_of, window_of
from tests.support.shown import settled
from tests.support.story import words_of

BOUNCED = {"result": "bounced", "note": ""}
ON_IT, TAKE_OVER, SNOOZE = "alarm_on_it", "case_take_over", "case_snooze"


async def test_an_escalation_from_its_first_word_to_its_last(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await late(it)
        reminder = told(it, PRIYA, case)[0]
        message = await hears(it, ELENA, case)
        said = plain(message)
        for words in ("nobody has contacted Dana", "($180k)", "Dana wrote:", "Outreach was due", "reminded"):
            assert words in said, said
        assert offered(message) == [ON_IT, "case_assign", TAKE_OVER, SNOOZE, "open_card"]
        assert "case_log_outreach" in offered(told(it, PRIYA, case)[-1])
        await it.shows(case, "<@U0ELENA>", "know")
        await _nobody_else_answers(it, case, value_of(message, ON_IT))

        await answers(it, ELENA, message, ON_IT)
        for user in (ELENA, TOMAS):
            assert "is on it since" in await reads(it, user, case, "<@U0ELENA> is on it since")
            shown = told(it, user, case)[-1]
            assert not {ON_IT, SNOOZE} & set(offered(shown))
        await it.shows(case, "<@U0ELENA> is on it")
        assert {row.acknowledged_by for row in await standing(it, case)} == {ELENA}

        await answers(it, ELENA, told(it, ELENA, case)[-1], TAKE_OVER)
        for user in (ELENA, TOMAS):
            assert "took the case over" in await reads(it, user, case, "took the case over")
        await settled(it.story)
        assert await it.owner(case) == ELENA
        for user in (ELENA, TOMAS, PRIYA):
            for shown in told(it, user, case):
                assert not {ON_IT, TAKE_OVER, SNOOZE, "case_log_outreach"} & set(offered(shown)), plain(shown)
        assert await standing(it, case) == []
        assert (await it.history(case.id))[-1].after == ELENA
        assert plain(reminder) != plain(told(it, PRIYA, case)[0])


async def test_who_is_second_is_told_who_was_first(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await late(it)
        pressed = value_of(await hears(it, ELENA, case), ON_IT)
        assert (await it.presses(TOMAS, case, {"action_id": ON_IT, "value": pressed})).ok
        await it.workspace.until(lambda: "<@U0TOMAS> is on it" in it.card(case))
        assert "<@U0TOMAS> is on it already" in await says(it, ELENA, case, ON_IT, pressed)
        # Slack sends a press again when its answer got lost; that is no news to anybody.
        assert (await it.presses(TOMAS, case, {"action_id": ON_IT, "value": pressed})).ok
        history = await _history(it, MARCUS, case)
        assert "Overdue: outreach" in history
        assert "U0TOMAS\n is on it since" in history
        await logs(it, PRIYA, case, "outreach")
        assert "dealt with by now" in await says(it, ELENA, case, ON_IT, pressed)
        assert "<@U0PRIYA> logged the outreach" in await reads(it, ELENA, case, "logged the outreach")
        assert "is on it" not in it.card(case)


async def test_two_who_press_at_the_same_moment_are_not_both_on_it(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await late(it)
        pressed = value_of(await hears(it, ELENA, case), ON_IT)
        people = (ELENA, TOMAS, MARCUS)
        before = {user: len(it.workspace.ephemerals(user, case.channel)) for user in people}
        acks = await asyncio.gather(
            *(it.presses(user, case, {"action_id": ON_IT, "value": pressed}) for user in people)
        )
        assert all(ack.ok for ack in acks)
        (row,) = await standing(it, case)
        others = [user for user in people if user != row.acknowledged_by]
        assert len(others) == 2
        for user in others:
            await it.workspace.until(lambda user=user: len(it.workspace.ephemerals(user, case.channel)) > before[user])
            said = words_of(it.workspace.ephemerals(user, case.channel)[-1])
            assert f"<@{row.acknowledged_by}> is on it already" in said


async def test_a_managers_home_lists_what_was_escalated(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await late(it)
        message = await hears(it, ELENA, case)
        it.workspace.life.open_home(ELENA)
        home = await it.workspace.until(lambda: home_of(it, ELENA, "Escalated to you"))
        assert case.customer in home
        await answers(it, ELENA, message, ON_IT)
        await it.workspace.until(lambda: home_of(it, ELENA, "<@U0ELENA> is on it"))
        await logs(it, PRIYA, case, "outreach")
        await it.workspace.until(lambda: not home_of(it, ELENA, "Escalated to you"))


async def test_reassigning_from_the_message_closes_it(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        case = await late(it)
        view = await window_of(it, ELENA, await hears(it, ELENA, case), "case_assign")
        assert await it.submits(ELENA, view, owner={"assign_owner": JEN}) == {}
        said = await reads(it, ELENA, case, "gave the case to")
        assert "<@U0JEN>" in said
        assert await it.owner(case) == JEN
        assert not {ON_IT, TAKE_OVER} & set(offered(told(it, ELENA, case)[-1]))


async def test_an_owner_who_does_nothing_is_asked_and_then_relieved(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case, other = await owned(it), await owned(it)
        await later(it, hours=34)
        message = await hears(it, PRIYA, case)
        await answers(it, PRIYA, message, ON_IT, block_id=row_of(message, case), value=None)
        await reads(it, PRIYA, case, "is on it since")
        await later(it, hours=20)
        await it.shows(other, "Claim")
        await settled(it.story)
        assert await it.owner(case) == PRIYA
        assert any("Nobody had tried to reach" in said for said in it.messages_to(PRIYA, other))
        assert any("nobody tried to reach" in said for said in it.messages_to(MARCUS, other))


def row_of(message: dict[str, object], case: Shown) -> str:
    """The block of a digest's row about a case."""
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    return next(str(block["block_id"]) for block in blocks if "accessory" in block and case.customer in str(block))


async def late(it: Acting) -> Shown:
    """A case whose outreach is overdue, so that everybody concerned has heard."""
    await until_monday(it)
    case = await owned(it, segment="enterprise")
    await logs(it, PRIYA, case, "outreach", **BOUNCED)
    await later(it, hours=25)
    await hears(it, PRIYA, case)
    await later(it, hours=24)
    await hears(it, ELENA, case)
    await hears(it, TOMAS, case)
    await hears(it, PRIYA, case, 2)
    return case


async def standing(it: Acting, case: Shown) -> list[AlarmRow]:
    """The alarms of the case that are late and still stand."""
    async with it.story.bot.db.read() as tx:
        return [row for row in await alarms.of_case(tx, case.id) if row.closed_at is None and row.level == "breach"]


async def says(it: Acting, user: str, case: Shown, action: str, value: str) -> str:
    """What a person reads who presses a button that they should not have."""
    return await it.told(user, case.channel, it.presses(user, case, {"action_id": action, "value": value}))


def home_of(it: Acting, user: str, words: str) -> str:
    view = it.workspace.home(user)
    said = words_of(view) if view else ""
    return said if words in said else ""


async def _nobody_else_answers(it: Acting, case: Shown, pressed: str) -> None:
    """Neither the owner, nor a colleague, nor a forged number."""
    before = await standing(it, case)
    assert "The leads and managers were asked" in await says(it, PRIYA, case, ON_IT, pressed)
    assert "The leads and managers were asked" in await says(it, JEN, case, ON_IT, pressed)
    assert "Only a lead or a manager" in await says(it, JEN, case, TAKE_OVER, str(case.id))
    assert "switches the reminders" in await says(it, JEN, case, SNOOZE, str(case.id))
    for forged in (f"{case.id}:999999", f"{case.id}:x", "", f"{case.id}:0", "999999:1"):
        assert await says(it, ELENA, case, ON_IT, forged)
    assert await standing(it, case) == before
    assert await it.owner(case) == PRIYA


async def _history(it: Acting, user: str, case: Shown) -> str:
    answer = await it.workspace.command(user, case.channel, f"/nps case {case.id}")
    return words_of(answer) if "blocks" in answer else words_of(it.workspace.ephemerals(user, case.channel)[-1])
