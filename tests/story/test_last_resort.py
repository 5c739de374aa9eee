"""Those above a case are gone: whoever hears in their place may also answer in their place."""

from pathlib import Path

from bot.flows.cases.settle import is_gone
from tests.story.acting import ELENA, INGRID, JEN, MARCUS, PRIYA, SAM, Acting, Json, Shown, soon
from tests.story.conftest import acting
from tests.story.steps.working import later, logs, owned
from tests.story.telling import answers, hears, offered, plain, reads, told, until_monday, value_of, window_of
from tests.support.shown import settled
from tests.support.story import FALLBACK, surface_of, words_of

BOUNCED = {"result": "bounced", "note": ""}
ON_IT, ASSIGN, TAKE_OVER, SNOOZE = "alarm_on_it", "case_assign", "case_take_over", "case_snooze"


async def test_the_admin_who_hears_last_answers_and_reassigns(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case = await owned(it, segment="")
        await logs(it, PRIYA, case, "outreach", **BOUNCED)
        await gone(it, ELENA, MARCUS)
        assert "Only a lead of this programme" in await presses(it, SAM, case, ASSIGN, str(case.id))
        await later(it, hours=49)
        message = await hears(it, SAM, case)
        assert offered(message) == [ON_IT, ASSIGN, SNOOZE, "open_card"]
        pressed = value_of(message, ON_IT)
        for stranger in (INGRID, JEN):
            assert "The leads and managers were asked" in await presses(it, stranger, case, ON_IT, pressed)
            assert "Only a lead of this programme" in await presses(it, stranger, case, ASSIGN, str(case.id))
        assert "Only a lead or a manager" in await presses(it, SAM, case, TAKE_OVER, str(case.id))

        await answers(it, SAM, message, ON_IT)
        await reads(it, SAM, case, "<@U0SAM> is on it since")
        message = told(it, SAM, case)[-1]
        assert offered(message) == [ASSIGN, "open_card"]
        it.workspace.life.open_home(SAM)
        await it.workspace.until(lambda: "Reassign…" in words_of(it.workspace.home(SAM) or {}))
        view = await window_of(it, SAM, message, ASSIGN)
        assert await it.submits(SAM, view, owner={"assign_owner": JEN}) == {}
        await reads(it, SAM, case, "gave the case to", "<@U0JEN>")
        assert await it.owner(case) == JEN
        # It was for this once: nothing stands any more of what the admin was asked.
        assert "Only a lead of this programme" in await presses(it, SAM, case, ASSIGN, str(case.id))


async def test_the_admin_gives_a_case_without_owner_to_somebody(sqlite_db: str, tmp_path: Path) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case = await it.opens(segment="")
        await gone(it, ELENA, MARCUS)
        await later(it, hours=23)  # the next morning: the evening begins early in Kolkata
        message = await hears(it, SAM, case)
        assert offered(message) == [ON_IT, ASSIGN, SNOOZE, "open_card"]
        await answers(it, SAM, message, ON_IT)
        it.workspace.life.open_home(SAM)
        await it.workspace.until(lambda: "Assign…" in words_of(it.workspace.home(SAM) or {}))
        home = it.workspace.home(SAM)
        await it.workspace.click_view(SAM, home["id"], ASSIGN)
        await it.workspace.until(lambda: it.workspace.views(SAM))
        assert await it.submits(SAM, it.workspace.views(SAM)[0], owner={"assign_owner": JEN}) == {}
        await it.shows(case, JEN)


async def test_nobody_is_left_and_the_channel_answers(sqlite_db: str, tmp_path: Path) -> None:
    """The lead, the manager and the admin have left: whoever reads the channel of last resort sees to it."""
    async with acting(sqlite_db, tmp_path) as it:
        await until_monday(it)
        case = await it.opens(segment="")
        await gone(it, ELENA, MARCUS, SAM)
        await later(it, hours=5)
        message = await it.workspace.until(lambda: in_channel(it, case))
        assert offered(message) == [ON_IT, ASSIGN, SNOOZE, "open_card"], plain(message)
        pressed = value_of(message, ON_IT)
        assert "The leads and managers were asked" in await presses(it, INGRID, case, ON_IT, pressed)
        await it.workspace.click(JEN, FALLBACK, message["ts"], ON_IT)
        await it.workspace.until(lambda: "<@U0JEN> is on it since" in plain(in_channel(it, case) or {}))
        before = {view["id"] for view in it.workspace.views(JEN)}
        await it.workspace.click(JEN, FALLBACK, message["ts"], ASSIGN)
        await it.workspace.until(lambda: {view["id"] for view in it.workspace.views(JEN)} - before)
        view = next(view for view in it.workspace.views(JEN) if view["id"] not in before)
        assert await it.submits(JEN, view, owner={"assign_owner": PRIYA}) == {}
        await it.workspace.until(lambda: not {ON_IT, ASSIGN} & set(offered(in_channel(it, case) or {"blocks": []})))
        assert await it.owner(case) == PRIYA


async def gone(it: Acting, *users: str) -> None:
    """Their accounts are switched off, and the bot knows."""
    for user in users:
        it.workspace.life.deactivate(user)
    people = it.story.bot.house
    await soon(lambda: all(is_gone(people, user) for user in users))
    await settled(it.story)


def in_channel(it: Acting, case: Shown) -> Json | None:
    """The message about the case in the channel of last resort."""
    found = [m for m in it.workspace.messages(FALLBACK) if surface_of(m).startswith("bulletin:")]
    return next((message for message in reversed(found) if case.customer in words_of(message)), None)


async def presses(it: Acting, user: str, case: Shown, action: str, value: str) -> str:
    """What a person reads who presses a button that they should not have."""
    return await it.told(user, case.channel, it.presses(user, case, {"action_id": action, "value": value}))
